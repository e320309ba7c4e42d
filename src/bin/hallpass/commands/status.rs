//! `hallpass status`.

use hallpass::backend::DatabaseFacts;
use hallpass::model::time::Time;
use hallpass::{Error, Kind};
use serde::Serialize;

use crate::cli::top::Status;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, View, excess, optional};
use crate::session::Session;
use crate::ui::Ui;

/// Whether the store can be opened now.
#[derive(Debug, Serialize)]
struct StatusReport {
    state: &'static str,
    store: String,
    server: Option<String>,
    role: Option<String>,
    excess_rights: Option<Vec<String>>,
    key: Option<String>,
    epoch: Option<u64>,
    anchored_epoch: Option<u64>,
    anchor: Option<&'static str>,
    unlocked_until: Option<Time>,
}

impl StatusReport {
    /// Adds what runs the database.
    fn tell(&mut self, facts: Option<DatabaseFacts>) {
        if let Some(facts) = facts {
            self.server = Some(facts.server);
            self.role = Some(facts.role);
            self.excess_rights = Some(facts.excess_rights);
        }
    }
}

impl View for StatusReport {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("state", |it| it.state.to_owned()),
        Column::listed("store", |it| it.store.clone()),
        Column::listed("server", |it| optional(it.server.as_ref())),
        Column::listed("role", |it| optional(it.role.as_ref())),
        Column::listed("excess_rights", |it| excess(it.excess_rights.as_deref())),
        Column::listed("key", |it| optional(it.key.as_ref())),
        Column::listed("epoch", |it| optional(it.epoch.as_ref())),
        Column::listed("anchored_epoch", |it| optional(it.anchored_epoch.as_ref())),
        Column::listed("anchor", |it| optional(it.anchor.as_ref())),
        Column::listed("unlocked_until", |it| optional(it.unlocked_until.as_ref())),
    ];
    const NONE: &'static str = "no status";
}

/// Reports whether the store can be opened, without ever asking. An obstacle (no key, no store) is
/// a result, and the exit code names it; damage is an error.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: &Status) -> Result<Exit, Failure> {
    let Status {} = args;
    let store = session.location()?.to_string();
    let mut status = StatusReport {
        state: "missing",
        store,
        server: None,
        role: None,
        excess_rights: None,
        key: None,
        epoch: None,
        anchored_epoch: None,
        anchor: None,
        unlocked_until: None,
    };
    match session.look() {
        Err(failure) if failure.kind() == Kind::NotFound => {
            ui.show(&status)?;
            return Ok(failure.exit());
        }
        found => status.tell(found?),
    }
    status.key = session.open_unasked(ui)?;
    status.unlocked_until = session.kept_until();
    if status.key.is_none() {
        status.state = "locked";
        ui.show(&status)?;
        return Ok(Exit::from(Kind::NoKey));
    }
    let core = session.core(ui)?;
    let first = core.store.anchor_path().map(|path| !path.exists());
    status.anchored_epoch = core.store.seen_epoch()?;
    let epoch = match core.read(|r| Ok(r.epoch())) {
        // Whoever accepts another history does so where the most was seen.
        Err(error) if is_acceptable(&error) && status.anchored_epoch.is_some() => {
            status.state = "refused";
            ui.show(&status)?;
            return Err(error.into());
        }
        epoch => epoch?,
    };
    status.epoch = Some(epoch);
    status.anchored_epoch = core.store.seen_epoch()?;
    status.state = "open";
    status.anchor = Some(match first {
        None => "off",
        Some(true) => "first",
        Some(false) => "ok",
    });
    ui.show(&status)?;
    Ok(Exit::DONE)
}

fn is_acceptable(error: &Error) -> bool {
    matches!(error.kind(), Kind::Rollback | Kind::Fork)
}
