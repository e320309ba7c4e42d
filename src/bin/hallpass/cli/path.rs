//! Paths as they were typed: nothing in them is expanded.

use std::path::{Path, PathBuf};

use clap::builder::{PathBufValueParser, TypedValueParser};
use hallpass::model::invalid::Invalid;
use hallpass::model::token::looks_like_token;

/// Reads an argument that is a path, and no token: what was pasted in its place would be made, or told
/// to be missing.
pub(super) fn path() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| {
        if path.to_str().is_some_and(looks_like_token) {
            return Err(Invalid::new("a path", "this is a token, which is a secret"));
        }
        ensure_literal(&path).map(|()| path)
    })
}

/// Reads an argument that is the path of a file, not `-`: what is read more than once is not read from
/// standard input.
pub(super) fn file() -> impl TypedValueParser<Value = PathBuf> {
    path().try_map(|path| {
        if path.as_os_str() == "-" {
            let why = "this file is read more than once, which standard input cannot be";
            return Err(Invalid::new("a file", why));
        }
        Ok(path)
    })
}

/// Refuses a path that begins as one that a shell would have expanded: it was quoted, or comes from
/// where no shell was, and would lead to a folder of that very name.
pub(crate) fn ensure_literal(path: &Path) -> Result<(), Invalid> {
    match path.as_os_str().as_encoded_bytes().first() {
        Some(sign @ (b'~' | b'$')) => {
            let sign = char::from(*sign);
            let why = format!("a leading `{sign}` is not expanded here");
            let hint = format!("write the full path, or `./{sign}name` if that is the name");
            Err(Invalid::new("a path", why).with_hint(hint))
        }
        _ => Ok(()),
    }
}
