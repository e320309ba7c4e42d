//! `hallpass mail clear`.

use hallpass::ops::environment;
use hallpass::ops::impact::Impact;
use hallpass::ops::mail::{self, Shown};

use crate::cli::mail::Clear;
use crate::commands::consequence::Consequence;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Removes the mail configuration.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Clear) -> Result<(), Failure> {
    let Clear {
        environment,
        dry_run,
    } = args;
    let core = session.core(ui)?;
    if let Some(name) = &environment {
        environment::show(core, name)?;
    }
    let shown = mail::show(core)?;
    let own = match &environment {
        Some(name) => shown.of(name),
        None => shown.general(),
    };
    let (whose, now) = match &environment {
        Some(name) => (
            format!(" of environment `{name}`"),
            format!("environment `{name}` has no mail configuration of its own"),
        ),
        None => (String::new(), "mail is not configured".to_owned()),
    };
    let change = format!("removing the mail configuration{whose}");
    let consequence = Consequence::new(&change, Impact::default());
    let consequence = if own.is_some() {
        consequence.and(follows(&shown, environment.is_some()))
    } else {
        consequence
    };
    if dry_run {
        return consequence.show(ui);
    }
    if own.is_some() {
        consequence.confirm(ui, "Remove it?")?;
    }
    let gone = mail::clear(core, environment.as_ref())?;
    ui.note(if gone.is_some() {
        now
    } else {
        format!("{now} already; nothing was changed")
    });
    ui.records(gone.as_slice())
}

fn follows(shown: &Shown, one: bool) -> String {
    match shown.general() {
        Some(general) if one => {
            format!(
                "its mail is sent by the general configuration: {}",
                general.transport
            )
        }
        _ => "verification codes can no longer be mailed".to_owned(),
    }
}
