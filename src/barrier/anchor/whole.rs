//! Files of this machine's state are replaced under a name that nobody could have predicted.

use std::io;
use std::path::Path;

use crate::entropy::{Entropy as _, OsEntropy};
use crate::files::private;

/// Creates or replaces a file, forced to disk with its folder: whole, or not at all.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    private::write_whole(path, bytes, random()?)
}

fn random() -> io::Result<[u8; 8]> {
    let mut random = [0; 8];
    // Nothing but a name depends on it, so the generator is not handed in.
    OsEntropy.fill(&mut random).map_err(io::Error::other)?;
    Ok(random)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_predicted_by_nobody_and_never_the_same() {
        let names: std::collections::BTreeSet<_> = (0..8).map(|_| random().unwrap()).collect();
        assert_eq!(names.len(), 8, "none of them twice");
    }
}
