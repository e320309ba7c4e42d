//! Where declared secrets go: each to a sink of its own.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::cli::sink::Destination;

/// Files that receive secrets, by canonical path, each with the keys in it; `None` is the whole
/// file.
#[derive(Default)]
pub(super) struct UsedSinks(HashMap<PathBuf, HashSet<Option<String>>>);

impl UsedSinks {
    /// Claims a sink, if it is free.
    pub(super) fn claim(&mut self, path: &Path, key: Option<&str>) -> bool {
        let taken = self.0.entry(canonical(path)).or_default();
        let free = taken.is_empty() || (key.is_some() && !taken.contains(&None));
        free && taken.insert(key.map(str::to_owned))
    }
}

/// Returns the path of a file with its folder made canonical.
fn canonical(path: &Path) -> PathBuf {
    let above = path.parent().filter(|above| !above.as_os_str().is_empty());
    let above = above.unwrap_or(Path::new("."));
    // A folder that does not exist has no canonical path; opening it fails later.
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
