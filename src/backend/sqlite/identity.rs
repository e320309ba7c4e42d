//! The identity of a file, independent of its name.

use rustix::fs::Stat;

/// Device and inode of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity(u64, u64);

/// The identity of a file with this `stat`.
#[expect(
    clippy::useless_conversion,
    reason = "the widths differ between platforms"
)]
pub(super) fn identity(stat: &Stat) -> Identity {
    Identity(stat.st_dev.into(), stat.st_ino.into())
}
