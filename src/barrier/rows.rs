//! Rows as bytes: how each is written down, what binds it to its place, and the sums that vouch for
//! all of them. No noun is known here.

pub(super) mod aad;
pub(super) mod codec;
pub(super) mod frame;
pub(super) mod index;
pub(super) mod manifest;
pub(super) mod order;
pub(super) mod record;
pub(super) mod root;
