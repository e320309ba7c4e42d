//! `hallpass audit list --follow`.

use std::io;
use std::time::Duration;

use hallpass::Kind;
use hallpass::model::audit::LogHead;
use hallpass::ops::Core;
use hallpass::ops::audit::{self, Choice, LogRecord};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::stdio;
use crate::terminal::Interrupt;
use crate::ui::Listing;

/// How often per second an interrupt is checked; new entries are looked for once a second.
const LOOKS: u32 = 5;
const BETWEEN: Duration = Duration::from_millis(200);

/// Shows new entries until it is interrupted or the reader closes standard output. Between two
/// looks it holds no lock.
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
                return Ok(Exit::from(Kind::Interrupted));
            }
        }
        seen = listing.fed(|show| audit::after(core, choice, &seen, show))?;
    }
}
