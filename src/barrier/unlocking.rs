//! From a secret to the keys of a store: header, key slots, keyring, and the secrets for a slot.

pub(super) mod header;
pub mod key_file;
pub(super) mod keyring;
pub(super) mod keys;
pub(super) mod passphrase;
pub mod recovery;
pub(super) mod secret;
pub(super) mod slot;
pub(super) mod unlocked;
