//! Which file a name led to.

use rustix::fs::Stat;

/// Which file it was, whatever its name says later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity(u64, u64);

/// The identity of a file that was looked at.
#[expect(
    clippy::useless_conversion,
    reason = "the widths differ between platforms"
)]
pub(super) fn identity(stat: &Stat) -> Identity {
    Identity(stat.st_dev.into(), stat.st_ino.into())
}
