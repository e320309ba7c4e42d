//! How many connections the limit of open files allows, and whether any descriptor is left.

use std::fs::File;
use std::io;

use rustix::io::Errno;
use serde_json::json;

use super::event;
use super::host::Host;
use crate::sys::sockets::allow_descriptors;

/// How many descriptors it needs apart from one for each connection.
const DESCRIPTORS: u64 = 128;

/// Raises the limit of open files as far as the system allows. Returns how many connections there may
/// be: with more, the store could not be opened for a look at it, and no verdict would be given.
pub(super) fn most_connections(host: &dyn Host, connections: usize) -> usize {
    let wanted = u64::try_from(connections).unwrap_or(u64::MAX);
    let wanted = wanted.saturating_add(DESCRIPTORS);
    let limit = allow_descriptors(wanted);
    if limit >= wanted {
        return connections;
    }
    let left = limit.saturating_sub(DESCRIPTORS).max(limit / 4);
    let most = usize::try_from(left).unwrap_or(usize::MAX).min(connections);
    let fields = json!({ "limit": limit, "wanted": wanted, "connections": most });
    event::log(host, "few_descriptors", fields);
    most
}

/// Whether something failed because there are no descriptors, as far as that can be told afterwards.
pub(super) fn are_missing() -> bool {
    File::open("/dev/null").is_err_and(|error| is_lack(&error))
}

fn is_lack(error: &io::Error) -> bool {
    // Of this process, or of the whole system.
    let lacks = [Errno::MFILE, Errno::NFILE];
    Errno::from_io_error(error).is_some_and(|errno| lacks.contains(&errno))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_lack_of_descriptors_is_one() {
        assert!(!are_missing());
        for (errno, lack) in [
            (Errno::MFILE, true),
            (Errno::NFILE, true),
            (Errno::NOENT, false),
        ] {
            assert_eq!(is_lack(&errno.into()), lack, "{errno}");
        }
    }
}
