//! `hallpass audit list`.

use hallpass::Error;
use hallpass::error::Subject;
use hallpass::ops::audit::{self, Beginning, Filter};

use super::follow;
use crate::cli::audit::List;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// How many entries a table on a terminal shows: more would scroll out of sight.
const ON_A_TERMINAL: u64 = 50;
/// How many earlier entries `--follow` shows first, as `journalctl --follow` does.
const BEFORE_FOLLOWING: u64 = 10;

/// Shows entries; with `--follow`, continues with new ones.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: List) -> Result<Exit, Failure> {
    let List {
        profile,
        token,
        connection,
        action,
        since,
        until,
        limit,
        all,
        follow,
    } = args;
    let chosen = limit.or_else(|| {
        let everything = all || since.is_some() || until.is_some();
        match (everything, follow) {
            (true, _) => None,
            (_, true) => Some(BEFORE_FOLLOWING),
            _ => ui.shows_tables_to_a_person().then_some(ON_A_TERMINAL),
        }
    });
    let filter = Filter {
        profile,
        token,
        connection,
        action,
        since,
        until,
    };
    let core = session.core(ui)?;
    let choice = audit::choose(core, &filter).map_err(explain)?;
    let mut listing = ui.listing();
    let (seen, beginning) = listing.fed(|show| match chosen {
        None => Ok((audit::all(core, &choice, show)?, Beginning::OfTheLog)),
        Some(count) => audit::last(core, &choice, count, show),
    })?;
    if follow {
        return follow::run(core, &choice, seen, listing);
    }
    let count = listing.end()?;
    ui.counted::<audit::LogRecord>(count);
    if limit.is_none() && beginning == Beginning::Later {
        ui.note(format!(
            "these are the last {count}; `--all` shows all, `--since 7d` those of a week"
        ));
    }
    Ok(Exit::DONE)
}

/// Adds a hint where a profile is unknown: a deleted profile has no name, but its entries have its
/// id.
fn explain(error: Error) -> Failure {
    let gone = matches!(error, Error::NotFound(Subject::Profile(_)));
    let failure = Failure::from(error);
    if gone {
        return failure.command("audit list --action profile.delete --output json");
    }
    failure
}
