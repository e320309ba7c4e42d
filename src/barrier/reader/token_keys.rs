//! The keys that presented tokens are compared with, apart from the store.

use std::sync::Arc;

use super::snapshot::Reader;
use crate::barrier::store_id::StoreId;
use crate::barrier::unlocking::keys::Keys;
use crate::crypto::Tag;
use crate::error::Result;

/// The keys that presented tokens are compared with, as of one transaction.
#[derive(Clone)]
pub struct TokenKeys {
    store: StoreId,
    keys: Arc<Keys>,
}

impl TokenKeys {
    /// As [`Reader::token_mac`].
    ///
    /// # Errors
    ///
    /// As [`Reader::token_mac`].
    pub fn token_mac(&self, kid: Option<u32>, bytes: &[u8; 32]) -> Result<(u32, Tag)> {
        self.keys.token_mac(kid, &self.store, bytes)
    }

    /// As [`Reader::import_mac`].
    ///
    /// # Errors
    ///
    /// As [`Reader::import_mac`].
    pub fn import_mac(&self, kid: Option<u32>, digest: &[u8; 32]) -> Result<(u32, Tag)> {
        self.keys.import_mac(kid, &self.store, digest)
    }

    /// The id of the key that tokens are compared with from now on.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`](crate::Error::Integrity) if the keyring has none.
    pub fn active(&self) -> Result<u32> {
        Ok(self.keys.token(None)?.kid)
    }
}

impl Reader<'_> {
    /// The keys that presented tokens are compared with in this state of the store.
    pub fn token_keys(&self) -> TokenKeys {
        TokenKeys {
            store: self.unlocked.header.store,
            keys: Arc::clone(&self.unlocked.keys),
        }
    }
}
