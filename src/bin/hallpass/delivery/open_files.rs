//! The limit of open files.

use rustix::process::{Resource, getrlimit, setrlimit};

/// Raises the soft limit of open files, so that `sinks` sinks can be open at once: each keeps its
/// folder open, so that nobody can exchange it.
pub(crate) fn raise_open_file_limit(sinks: usize) {
    const OTHERS: u64 = 64;
    let mut limit = getrlimit(Resource::Nofile);
    let needed = sinks as u64 + OTHERS;
    if limit.current.is_some_and(|current| current < needed) {
        limit.current = Some(limit.maximum.map_or(needed, |maximum| maximum.min(needed)));
        // Where this fails, opening one sink too many reports it.
        let _ = setrlimit(Resource::Nofile, limit);
    }
}
