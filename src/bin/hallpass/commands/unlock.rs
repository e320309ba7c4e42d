//! `hallpass unlock`.

use hallpass::Kind;
use hallpass::model::time::Time;
use serde::Serialize;

use crate::cli::top::Unlock as Args;
use crate::failure::Failure;
use crate::keyring::LONGEST;
use crate::output::{Column, View};
use crate::session::Session;
use crate::ui::Ui;

/// Until when the store stays unlocked.
#[derive(Debug, Serialize)]
struct Unlocked {
    store: String,
    unlocked_until: Time,
}

impl View for Unlocked {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("store", |it| it.store.clone()),
        Column::listed("unlocked_until", |it| it.unlocked_until.to_string()),
    ];
    const NONE: &'static str = "nothing is unlocked";
}

/// Stores the key of the store in the kernel's keyring.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: &Args) -> Result<(), Failure> {
    let Args { lasts } = *args;
    if lasts > LONGEST {
        let message = format!("the key is kept for at most {LONGEST}");
        return Err(Failure::new(Kind::Refused, message).command(format!("unlock --for {LONGEST}")));
    }
    let store = session.location()?.to_string();
    let first = session.lasting_key()?;
    let unlocked_until = session.keep(ui, lasts)?;
    ui.note(format!(
        "unlocked for {lasts}, until {unlocked_until}; `hallpass lock` locks it"
    ));
    if let Some(first) = first {
        ui.note(format!(
            "this was not needed: {first} takes precedence, and is never asked for"
        ));
    }
    ui.record(&Unlocked {
        store,
        unlocked_until,
    })
}
