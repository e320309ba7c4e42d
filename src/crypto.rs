//! The cryptographic primitives, each behind a type without parameters to choose.
//!
//! One suite (`docs/file-format.md`): XChaCha20-Poly1305, HKDF and HMAC with SHA-256, Argon2id.
//! Only this module names the crates that implement them. It keeps no generator state: every
//! random byte comes from the [`Entropy`](crate::entropy::Entropy) that the caller passes.

pub mod hash;
pub mod kdf;
pub mod key;
pub mod label;
pub mod mac;
pub mod phc;
pub mod seal;

pub use hash::sha256;
pub use kdf::{Argon2Params, KdfError, argon2id, hkdf};
pub use key::Key;
pub use label::Label;
pub use mac::{MacKey, Tag};
pub use phc::{hash_password, needs_rehash, verify_password};
pub use seal::{OVERHEAD, SealKey, tag_of};
