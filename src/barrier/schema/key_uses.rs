//! Which key makes the MAC of each secret, and what the MAC binds.

use crate::barrier::store_id::StoreId;
use crate::barrier::unlocking::keys::Keys;
use crate::crypto::hash::sha256;
use crate::crypto::{Label, Tag};
use crate::error::Result;
use crate::model::id::{CodeId, RecordId};
use crate::model::text::Device;

/// A verification code and everything its MAC binds.
pub struct BoundCode<'a> {
    /// The code's id.
    pub id: CodeId,
    /// The profile that requested it.
    pub subject: RecordId,
    /// The connection it is for.
    pub connection: RecordId,
    /// The environment it is for.
    pub environment: RecordId,
    /// The device it is for, if any.
    pub device: Option<&'a Device>,
    /// The code's digits.
    pub digits: &'a str,
}

impl Keys {
    /// The MAC of a token's 32 bytes under key `kid`, or under the active one.
    pub(in crate::barrier) fn token_mac(
        &self,
        kid: Option<u32>,
        store: &StoreId,
        bytes: &[u8; 32],
    ) -> Result<(u32, Tag)> {
        let mac = self.token(kid)?;
        Ok((mac.kid, mac.key.tag(Label::Token, &[store, bytes])))
    }

    /// As [`Self::token_mac`], for a digest. Differs from the MAC of a token with the same 32
    /// bytes.
    pub(in crate::barrier) fn import_mac(
        &self,
        kid: Option<u32>,
        store: &StoreId,
        digest: &[u8; 32],
    ) -> Result<(u32, Tag)> {
        let mac = self.token(kid)?;
        Ok((
            mac.kid,
            mac.key.tag(Label::Token, &[store, digest, b"import"]),
        ))
    }

    /// The MAC of a password that was generated for a profile.
    pub(in crate::barrier) fn generated_mac(
        &self,
        kid: Option<u32>,
        store: &StoreId,
        profile: &RecordId,
        password: &str,
    ) -> Result<(u32, Tag)> {
        let mac = self.token(kid)?;
        let parts: [&[u8]; 4] = [store, profile.bytes(), password.as_bytes(), b"password"];
        Ok((mac.kid, mac.key.tag(Label::Token, &parts)))
    }

    /// The MAC of a verification code and everything it binds, under key `kid` or the active one.
    pub(in crate::barrier) fn code_mac(
        &self,
        kid: Option<u32>,
        store: &StoreId,
        code: &BoundCode<'_>,
    ) -> Result<(u32, Tag)> {
        /// The purpose of a code: exchange for a token.
        const PURPOSE: &[u8] = &[1];
        let BoundCode {
            id,
            subject,
            connection,
            environment,
            device,
            digits,
        } = code;
        let mut context = Vec::with_capacity(64);
        context.extend_from_slice(connection.bytes());
        context.extend_from_slice(environment.bytes());
        context.extend_from_slice(device.map(Device::as_str).unwrap_or_default().as_bytes());
        let context = sha256(&context);
        let parts: [&[u8]; 6] = [
            store,
            id.bytes(),
            PURPOSE,
            subject.bytes(),
            &context,
            digits.as_bytes(),
        ];
        let mac = self.code(kid)?;
        Ok((mac.kid, mac.key.tag(Label::Otp, &parts)))
    }
}

#[cfg(test)]
mod tests;
