//! What the door remembers from request to request.

use std::time::Duration;

use super::backlog::Backlog;
use super::budgets::Budgets;
use super::turns::Turns;
use crate::http::event::Seldom;

/// What the door remembers from request to request.
#[derive(Debug, Default)]
pub(in crate::http) struct Profit {
    /// How often codes may be asked for and guessed.
    pub(super) budgets: Budgets,
    /// Requests for codes that were answered, and are not worked off.
    pub(super) backlog: Backlog,
    /// The attempts that are under way.
    pub(super) turns: Turns,
    /// Mistakes of applications are logged once a second at most.
    pub(super) mistakes: Seldom,
}

impl Profit {
    /// Waits until the requests for codes are worked off, at most for `limit`. Returns how many are
    /// not.
    pub(in crate::http) async fn worked_off(&self, limit: Duration) -> usize {
        self.backlog.worked_off(limit).await
    }
}
