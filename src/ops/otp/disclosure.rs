//! What of an error an operator alone may know.

use crate::error::Error;
use crate::kind::Kind;

/// Whether an error is the operator's alone to know, because it tells who or what there is. The
/// caller of an outside interface gets the answer that everybody gets; what is left is this side's
/// trouble.
pub fn is_for_operators(error: &Error) -> bool {
    matches!(
        error.kind(),
        Kind::NotFound | Kind::Refused | Kind::Throttled | Kind::Exists
    )
}
