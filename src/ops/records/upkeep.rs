//! What every write begins with.

use super::token::expire_pending;
use crate::barrier::Writer;
use crate::error::Result;

/// Removes what is only kept for a while and whose time is over: pending tokens.
///
/// [`Core`](crate::core::Core) calls this at the beginning of every transaction that writes.
///
/// # Errors
///
/// [`Error::Integrity`](crate::Error::Integrity) if the records do not fit together; nothing is
/// written then.
pub fn before_write(w: &mut Writer<'_>) -> Result<()> {
    expire_pending(w)
}
