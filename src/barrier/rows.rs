//! The byte encodings of rows, the AAD that binds each to its position, and the sums that cover
//! them. Knows no kind of record.

pub(super) mod aad;
pub(super) mod codec;
pub(super) mod frame;
pub(super) mod index;
pub(super) mod last_use;
pub(super) mod manifest;
pub(super) mod order;
pub(super) mod record;
pub(super) mod root;
