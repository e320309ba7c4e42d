//! What was read, as a text that says something.

use hallpass::model::invalid::Invalid;
use hallpass::secret::SecretText;
use zeroize::Zeroizing;

use crate::decoding;
use crate::failure::Failure;

pub(super) fn decoded(
    bytes: Zeroizing<Vec<u8>>,
    what: &'static str,
) -> Result<SecretText, Failure> {
    decoding::text(bytes)
        .map_err(|why| Failure::from(Invalid::new("text", format!("{what} {why}"))))
}

/// The text in `bytes`, without one line end after it.
pub(super) fn text(bytes: Zeroizing<Vec<u8>>, what: &'static str) -> Result<SecretText, Failure> {
    let text = decoded(bytes, what)?;
    let line = text
        .expose()
        .strip_suffix('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line));
    let text = match line {
        Some(line) => SecretText::new(line.to_owned()),
        None => text,
    };
    if text.expose().is_empty() {
        return Err(empty(what));
    }
    Ok(text)
}

/// Refuses a text of blanks and line ends alone.
pub(super) fn ensure_any(text: &SecretText, what: &'static str) -> Result<(), Failure> {
    if text.expose().trim_ascii().is_empty() {
        Err(empty(what))
    } else {
        Ok(())
    }
}

pub(super) fn empty(what: &'static str) -> Failure {
    Failure::usage(format!("{what} is empty"))
}
