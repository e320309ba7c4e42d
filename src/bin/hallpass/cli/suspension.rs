//! Why, and until when, something is suspended.

use clap::Args;
use hallpass::model::text::FreeText;
use hallpass::model::time::When;
use hallpass::ops::Suspend;

/// A suspension, as it is typed.
#[derive(Debug, Args)]
pub(crate) struct Suspension {
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<FreeText>,
    /// Resume by itself: after a duration, or at a date
    #[arg(long, value_name = "WHEN")]
    pub(crate) until: Option<When>,
}

impl From<Suspension> for Suspend {
    fn from(suspension: Suspension) -> Self {
        let Suspension { reason, until } = suspension;
        Self { reason, until }
    }
}
