//! Errors that only an operator may see.

use crate::error::Error;
use crate::kind::Kind;

/// Whether an error is for operators only, because it reveals what exists. Callers of an outside
/// interface get the uniform answer instead; the other errors are failures of this side.
pub fn is_for_operators(error: &Error) -> bool {
    matches!(
        error.kind(),
        Kind::NotFound | Kind::Refused | Kind::Throttled | Kind::Exists
    )
}
