//! All that the barrier knows of nouns: which records there are, what each is found by, and which key
//! each secret is compared with.

pub(super) mod index;
pub(super) mod key_uses;
pub(super) mod records;
