//! Paths as they were typed: nothing in them is expanded.

use std::path::{Path, PathBuf};

use clap::builder::{PathBufValueParser, TypedValueParser};
use hallpass::model::invalid::Invalid;

/// Reads an argument that is a path.
pub(crate) fn literal() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| ensure_literal(&path).map(|()| path))
}

/// Refuses a path that begins as one that a shell would have expanded: it was quoted, or comes from
/// where no shell was, and would lead to a folder of that very name.
pub(crate) fn ensure_literal(path: &Path) -> Result<(), Invalid> {
    match path.as_os_str().as_encoded_bytes().first() {
        Some(sign @ (b'~' | b'$')) => {
            let sign = char::from(*sign);
            let why = format!("`{sign}` at its start is not expanded here");
            let hint = format!("write the path in full, or `./{sign}name` where that is meant");
            Err(Invalid::new("a path", why).with_hint(hint))
        }
        _ => Ok(()),
    }
}
