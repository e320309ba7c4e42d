//! What the documents promise, held to be true.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod architecture;
mod declaration;
mod echo;
mod encodings;
mod files;
mod findings;
mod json;
mod readme;
mod stdin;

use std::fs;
use std::path::{Path, PathBuf};

/// The root of the package.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A document of the package.
fn document(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

/// Every file below `folder`, in order.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.unwrap().path();
        if path.symlink_metadata().unwrap().is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}
