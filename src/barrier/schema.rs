//! The barrier's knowledge of record types: which exist, how each is indexed, and which key makes
//! the MAC of each secret.

pub(super) mod index;
pub(super) mod key_uses;
pub(super) mod records;
