//! The id of a store.

/// The permanent id of a store: 16 random bytes, in the clear in its header.
pub type StoreId = [u8; 16];
