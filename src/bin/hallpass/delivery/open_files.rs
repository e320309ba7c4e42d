//! The limit of open files.

use rustix::process::{Resource, getrlimit, setrlimit};

/// Raises the soft limit of open files, so that `sinks` sinks can be open at once: each keeps its
/// folder open, so that nobody can exchange it.
pub(crate) fn raise_open_file_limit(sinks: usize) {
    const OTHERS: u64 = 64;
    let mut limit = getrlimit(Resource::Nofile);
    let needed = sinks as u64 + OTHERS;
    let possible = limit.maximum.map_or(needed, |maximum| maximum.min(needed));
    limit.current = limit.current.map(|current| current.max(possible));
    // Where this fails, opening one sink too many reports it.
    let _ = setrlimit(Resource::Nofile, limit);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_raised_and_never_lowered() {
        let before = getrlimit(Resource::Nofile);
        let current = before.current.unwrap();
        raise_open_file_limit(1);
        assert_eq!(getrlimit(Resource::Nofile), before);
        let more = usize::try_from(current).unwrap();
        raise_open_file_limit(more);
        let after = getrlimit(Resource::Nofile);
        assert_eq!(after.maximum, before.maximum);
        let possible = before
            .maximum
            .map_or(current + 64, |it| it.min(current + 64));
        assert_eq!(after.current, Some(possible));
    }
}
