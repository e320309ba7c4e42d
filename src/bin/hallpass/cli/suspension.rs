//! Why, and until when, something is suspended.

use clap::Args;
use hallpass::model::text::FreeText;
use hallpass::model::time::Expiry;
use hallpass::ops::Suspend;

/// A suspension, as it is typed.
#[derive(Debug, Args)]
pub(crate) struct SuspensionFlags {
    /// Reason, shown by `show`
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<FreeText>,
    /// Resume automatically: a duration, a date or `never` [default: the time set before, if it is
    /// suspended already]
    #[arg(long, value_name = "WHEN")]
    pub(crate) until: Option<Expiry>,
}

impl From<SuspensionFlags> for Suspend {
    fn from(suspension: SuspensionFlags) -> Self {
        let SuspensionFlags { reason, until } = suspension;
        Self { reason, until }
    }
}
