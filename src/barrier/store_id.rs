//! The name of a store.

/// Names a store for as long as it lives: 16 random bytes, in the clear in its header.
pub type StoreId = [u8; 16];
