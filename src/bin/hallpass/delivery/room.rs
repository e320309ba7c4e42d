//! Room for many open files.

use rustix::process::{Resource, getrlimit, setrlimit};

/// Lets as many files be open as that many places need, if the system allows it: each keeps its folder
/// open, so that nobody can exchange it.
pub(crate) fn make_room(places: usize) {
    const OTHERS: u64 = 64;
    let mut limit = getrlimit(Resource::Nofile);
    let needed = places as u64 + OTHERS;
    if limit.current.is_some_and(|current| current < needed) {
        limit.current = Some(limit.maximum.map_or(needed, |maximum| maximum.min(needed)));
        // Where it is not allowed, opening one place too many says so.
        let _ = setrlimit(Resource::Nofile, limit);
    }
}
