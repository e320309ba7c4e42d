//! `hallpass lock`.

use serde::Serialize;

use crate::cli::top::Lock as Args;
use crate::failure::Failure;
use crate::output::{Column, View, flag};
use crate::session::Session;
use crate::ui::Ui;

/// What `lock` removed.
#[derive(Debug, Serialize)]
struct LockReport {
    store: String,
    was_unlocked: bool,
}

impl View for LockReport {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("store", |it| it.store.clone()),
        Column::listed("was_unlocked", |it| flag(it.was_unlocked)),
    ];
    const NONE: &'static str = "nothing is unlocked";
}

/// Removes what `unlock` stored in the kernel's keyring.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: &Args) -> Result<(), Failure> {
    let Args {} = args;
    let store = session.location()?.to_string();
    let was_unlocked = session.forget()?;
    ui.note(if was_unlocked {
        "locked"
    } else {
        "it was not unlocked"
    });
    if let Some(source) = session.lasting_key()? {
        ui.note(format!("the store still opens without asking: {source}"));
    }
    ui.record(&LockReport {
        store,
        was_unlocked,
    })
}
