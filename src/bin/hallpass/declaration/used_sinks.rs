//! Where declared secrets go: each to a place of its own.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::cli::sink::Destination;

/// Files that get secrets, by where they really are, and the keys in them; none is the file as a whole.
#[derive(Default)]
pub(super) struct UsedSinks(HashMap<PathBuf, HashSet<Option<String>>>);

impl UsedSinks {
    /// Takes a place, if it is free.
    pub(super) fn take(&mut self, path: &Path, key: Option<&str>) -> bool {
        let taken = self.0.entry(settled(path)).or_default();
        let free = taken.is_empty() || (key.is_some() && !taken.contains(&None));
        free && taken.insert(key.map(str::to_owned))
    }
}

/// The path of a file, whichever way was taken to its folder.
fn settled(path: &Path) -> PathBuf {
    let above = path.parent().filter(|above| !above.as_os_str().is_empty());
    let above = above.unwrap_or(Path::new("."));
    // A folder that is not there has no other spelling, and is refused when it is opened.
    let above = above.canonicalize().unwrap_or_else(|_| above.to_owned());
    path.file_name()
        .map_or_else(|| above.clone(), |name| above.join(name))
}

/// Relative paths start where the declaration is.
pub(super) fn below(folder: &Path, place: Destination) -> Destination {
    let under = |path: PathBuf| folder.join(path);
    match place {
        Destination::File(path) => Destination::File(under(path)),
        Destination::Env { file, key } => Destination::Env {
            file: under(file),
            key,
        },
        other => other,
    }
}
