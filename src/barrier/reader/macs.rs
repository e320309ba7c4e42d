//! MACs of secrets, for comparison with the stored ones.

use super::snapshot::Reader;
use crate::barrier::schema::key_uses::BoundCode;
use crate::crypto::{Key, Tag};
use crate::error::Result;
use crate::model::id::RecordId;

impl Reader<'_> {
    /// The MAC of a token's 32 bytes, under key `kid` or the active one, and that key's id.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`](crate::Error::Integrity) if the keyring has no such key.
    pub fn token_mac(&self, kid: Option<u32>, bytes: &[u8; 32]) -> Result<(u32, Tag)> {
        self.unlocked
            .keys
            .token_mac(kid, &self.unlocked.header.store, bytes)
    }

    /// The id of the key that tokens are compared with from now on.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`](crate::Error::Integrity) if the keyring has none.
    pub fn active_token_key(&self) -> Result<u32> {
        Ok(self.unlocked.keys.token(None)?.kid)
    }

    /// The MAC of a verification code, under key `kid` or the active one, and that key's id.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`](crate::Error::Integrity) if the keyring has no such key.
    pub fn code_mac(&self, kid: Option<u32>, code: &BoundCode<'_>) -> Result<(u32, Tag)> {
        self.unlocked
            .keys
            .code_mac(kid, &self.unlocked.header.store, code)
    }

    /// As [`Self::token_mac`], for the SHA-256 of an imported token.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`](crate::Error::Integrity) if the keyring has no such key.
    pub fn import_mac(&self, kid: Option<u32>, digest: &[u8; 32]) -> Result<(u32, Tag)> {
        self.unlocked
            .keys
            .import_mac(kid, &self.unlocked.header.store, digest)
    }

    /// The MAC of a password that was generated for a profile, and its key's id.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`](crate::Error::Integrity) if the keyring has no such key.
    pub fn generated_mac(
        &self,
        kid: Option<u32>,
        profile: &RecordId,
        password: &str,
    ) -> Result<(u32, Tag)> {
        let store = &self.unlocked.header.store;
        self.unlocked
            .keys
            .generated_mac(kid, store, profile, password)
    }

    /// The pepper for passwords with key id `kid`, or the active one, and its id.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`](crate::Error::Integrity) if the keyring has no such key.
    pub fn pepper(&self, kid: Option<u32>) -> Result<(u32, &Key)> {
        self.unlocked.keys.pepper(kid)
    }
}
