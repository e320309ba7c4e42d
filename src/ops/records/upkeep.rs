//! Housekeeping at the start of every write.

use super::token::{expire_pending, expire_sessions};
use crate::barrier::Writer;
use crate::error::Result;

/// Removes temporary records whose time has passed: pending tokens, and session tokens a day after
/// they expired, a few of them in each call.
///
/// [`Core`](crate::core::Core) calls this at the beginning of every write transaction.
///
/// # Errors
///
/// [`Error::Integrity`](crate::Error::Integrity) if records contradict each other; nothing is
/// written then.
pub fn before_write(w: &mut Writer<'_>) -> Result<()> {
    expire_pending(w)?;
    expire_sessions(w)
}
