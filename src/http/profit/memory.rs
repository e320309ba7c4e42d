//! What the door remembers from request to request.

use super::budgets::Budgets;
use crate::http::event::Seldom;

/// What the door remembers from request to request.
#[derive(Debug, Default)]
pub(in crate::http) struct Profit {
    /// How often codes may be asked for and guessed.
    pub(super) budgets: Budgets,
    /// Mistakes of applications are logged once a second at most.
    pub(super) mistakes: Seldom,
}
