//! `hallpass audit list --follow`.

use std::io;
use std::time::Duration;

use hallpass::Kind;
use hallpass::model::audit::LogHead;
use hallpass::ops::Core;
use hallpass::ops::audit::{self, Choice, LogRecord};

use crate::failure::{Exit, Failure};
use crate::prompt::Interrupt;
use crate::stdio;
use crate::ui::Listing;

/// New entries are looked for once a second; the wish to end it is noticed sooner.
const LOOKS: u32 = 5;
const BETWEEN: Duration = Duration::from_millis(200);

/// Shows new entries until it is interrupted or nobody reads any more. Between two looks no lock is
/// held.
pub(super) fn run(
    core: &mut Core,
    choice: &Choice,
    mut seen: LogHead,
    mut listing: Listing<LogRecord>,
) -> Result<Exit, Failure> {
    let interrupt = Interrupt::watch();
    loop {
        listing.catch_up()?;
        for _ in 0..LOOKS {
            let left = stdio::reader_leaves(BETWEEN).map_err(|source| Failure::output(&source))?;
            if left {
                return Err(Failure::output(&io::ErrorKind::BrokenPipe.into()));
            }
            if interrupt.came() {
                listing.end()?;
                return Ok(Exit(Kind::Interrupted.exit()));
            }
        }
        seen = listing.fed(|show| audit::after(core, choice, &seen, show))?;
    }
}
