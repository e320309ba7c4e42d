//! The keys of an open store, ready for use.

use crate::barrier::store_id::StoreId;
use crate::barrier::unlocking::keyring::{KeyState, Keyring, Purpose};
use crate::crypto::Key;
use crate::crypto::hash::sha256;
use crate::crypto::kdf::hkdf;
use crate::crypto::seal::SealKey;
use crate::crypto::{Label, MacKey, Tag};
use crate::error::{Error, Result};
use crate::model::id::{CodeId, RecordId};
use crate::model::text::Device;

/// A key that seals rows, under its id.
pub(in crate::barrier) struct Sealer {
    pub(in crate::barrier) kid: u32,
    pub(in crate::barrier) key: SealKey,
}

/// A key that makes MACs, under its id.
struct Macer {
    kid: u32,
    key: MacKey,
}

/// A verification code and all it is bound to.
pub struct BoundCode<'a> {
    /// Which code.
    pub id: CodeId,
    /// The profile that asked.
    pub subject: RecordId,
    /// For which connection.
    pub connection: RecordId,
    /// In which environment.
    pub environment: RecordId,
    /// For which device.
    pub device: Option<&'a Device>,
    /// The code's digits.
    pub digits: &'a str,
}

/// A pepper, under its id.
struct Pepper {
    kid: u32,
    key: Key,
}

/// Everything derived from one generation of the keyring. In each list the active key comes first.
pub(in crate::barrier) struct Keys {
    pub(in crate::barrier) generation: u64,
    objects: Vec<Sealer>,
    rows: Vec<Sealer>,
    logs: Vec<Sealer>,
    pub(in crate::barrier) index: MacKey,
    pub(in crate::barrier) manifest: MacKey,
    pub(in crate::barrier) chain: MacKey,
    tokens: Vec<Macer>,
    codes: Vec<Macer>,
    peppers: Vec<Pepper>,
    pub(in crate::barrier) anchor: MacKey,
}

impl Keys {
    pub(in crate::barrier) fn new(store: &StoreId, root: &Key, ring: Keyring) -> Result<Self> {
        let anchor = MacKey::new(&hkdf(store, root.expose(), Label::Anchor));
        let generation = ring.generation;
        let mut entries = ring.entries;
        entries.retain(|entry| entry.state != KeyState::Destroyed);
        entries.sort_by_key(|entry| (entry.state != KeyState::Active, entry.kid));
        let all = |purpose| entries.iter().filter(move |entry| entry.purpose == purpose);
        let first = |purpose| all(purpose).next().ok_or_else(missing);
        // A key that also makes MACs seals with a child of its own, so that no key does both.
        let split = |purpose, label| {
            all(purpose).map(move |e| Sealer {
                kid: e.kid,
                key: SealKey::new(&hkdf(store, e.key.expose(), label)),
            })
        };
        let macers = |purpose| all(purpose).map(|e| Macer { kid: e.kid, key: MacKey::new(&e.key) });
        let keys = Self {
            generation,
            objects: split(Purpose::Seal, Label::Obj).collect(),
            rows: split(Purpose::Manifest, Label::Man).collect(),
            logs: split(Purpose::Log, Label::Log).collect(),
            index: MacKey::new(&first(Purpose::Index)?.key),
            manifest: MacKey::new(&first(Purpose::Manifest)?.key),
            chain: MacKey::new(&first(Purpose::Log)?.key),
            tokens: macers(Purpose::Token).collect(),
            codes: macers(Purpose::Otp).collect(),
            anchor,
            peppers: Vec::new(),
        };
        let peppers = entries.into_iter().filter(|entry| entry.purpose == Purpose::Pepper);
        Ok(Self { peppers: peppers.map(|e| Pepper { kid: e.kid, key: e.key }).collect(), ..keys })
    }

    pub(in crate::barrier) fn object(&self, kid: Option<u32>) -> Result<&Sealer> {
        pick(&self.objects, kid, |sealer| sealer.kid)
    }

    pub(in crate::barrier) fn row(&self, kid: Option<u32>) -> Result<&Sealer> {
        pick(&self.rows, kid, |sealer| sealer.kid)
    }

    pub(in crate::barrier) fn log(&self, kid: Option<u32>) -> Result<&Sealer> {
        pick(&self.logs, kid, |sealer| sealer.kid)
    }

    /// The MAC of a token's 32 bytes under key `kid`, or under the active one.
    pub(in crate::barrier) fn token_mac(
        &self,
        kid: Option<u32>,
        store: &StoreId,
        bytes: &[u8; 32],
    ) -> Result<(u32, Tag)> {
        let mac = pick(&self.tokens, kid, |mac| mac.kid)?;
        Ok((mac.kid, mac.key.tag(Label::Token, &[store, bytes])))
    }

    /// As [`Self::token_mac`], of a digest; it is no MAC of 32 bytes that are a token.
    pub(in crate::barrier) fn import_mac(
        &self,
        kid: Option<u32>,
        store: &StoreId,
        digest: &[u8; 32],
    ) -> Result<(u32, Tag)> {
        let mac = pick(&self.tokens, kid, |mac| mac.kid)?;
        Ok((mac.kid, mac.key.tag(Label::Token, &[store, digest, b"import"])))
    }

    /// The MAC of a password that was made for a profile.
    pub(in crate::barrier) fn generated_mac(
        &self,
        kid: Option<u32>,
        store: &StoreId,
        profile: &RecordId,
        password: &str,
    ) -> Result<(u32, Tag)> {
        let mac = pick(&self.tokens, kid, |mac| mac.kid)?;
        let parts: [&[u8]; 4] = [store, profile.bytes(), password.as_bytes(), b"password"];
        Ok((mac.kid, mac.key.tag(Label::Token, &parts)))
    }

    /// The MAC of a verification code and all it is bound to, under key `kid` or the active one.
    pub(in crate::barrier) fn code_mac(
        &self,
        kid: Option<u32>,
        store: &StoreId,
        code: &BoundCode<'_>,
    ) -> Result<(u32, Tag)> {
        /// What a code is exchanged for: a token.
        const PURPOSE: &[u8] = &[1];
        let BoundCode { id, subject, connection, environment, device, digits } = code;
        let mut context = Vec::with_capacity(64);
        context.extend_from_slice(connection.bytes());
        context.extend_from_slice(environment.bytes());
        context.extend_from_slice(device.map(Device::as_str).unwrap_or_default().as_bytes());
        let context = sha256(&context);
        let parts: [&[u8]; 6] =
            [store, id.bytes(), PURPOSE, subject.bytes(), &context, digits.as_bytes()];
        let mac = pick(&self.codes, kid, |mac| mac.kid)?;
        Ok((mac.kid, mac.key.tag(Label::Otp, &parts)))
    }

    pub(in crate::barrier) fn pepper(&self, kid: Option<u32>) -> Result<(u32, &Key)> {
        let pepper = pick(&self.peppers, kid, |pepper| pepper.kid)?;
        Ok((pepper.kid, &pepper.key))
    }
}

/// The key with that id; without one, the active key.
fn pick<K>(keys: &[K], kid: Option<u32>, id: impl Fn(&K) -> u32) -> Result<&K> {
    match kid {
        None => keys.first(),
        Some(kid) => keys.iter().find(|key| id(key) == kid),
    }
    .ok_or_else(missing)
}

fn missing() -> Error {
    Error::Integrity("a row names a key that is not in the keyring".into())
}

#[cfg(test)]
mod tests;
