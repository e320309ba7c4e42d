//! What is said of a thing that was made or changed, or was so already.

use std::fmt::Display;

use hallpass::error::Dependents;
use hallpass::ops::edit::{Added, Changed, Effect, IfThere};

use crate::failure::Failure;
use crate::output::View;
use crate::ui::Ui;

/// Shows what was made. Of what was there already nothing is shown: it is said, with what differs.
pub(super) fn added<V: View>(ui: &mut Ui, what: &str, added: &Added<V>) -> Result<(), Failure> {
    match added {
        Added::Made(summary) => {
            ui.note(format!("added {what}"));
            return ui.show(summary);
        }
        Added::Existing { differences, .. } if differences.is_empty() => {
            ui.note(format!("{what} exists already; nothing was changed"));
        }
        Added::Existing { differences, .. } => ui.warn(format!(
            "{what} exists already and was not changed; it differs in: {}",
            differences.join(", ")
        )),
    }
    Ok(())
}

/// Shows how an edited thing is now.
pub(super) fn edited<V: View>(
    ui: &mut Ui,
    what: &str,
    changed: &Changed<V>,
) -> Result<(), Failure> {
    let Changed {
        summary,
        effect,
        absent,
    } = changed;
    for gone in absent {
        ui.note(format!(
            "`{gone}` was not in the list, so it was not removed"
        ));
    }
    if *effect == Effect::AlreadySo {
        ui.note(format!("{what} is already up to date; nothing was changed"));
    }
    ui.show(summary)
}

/// Says what became of a thing; programs get it as it is now.
pub(super) fn told<V: View>(ui: &mut Ui, words: &str, changed: &Changed<V>) -> Result<(), Failure> {
    match changed.effect {
        Effect::Changed => ui.note(words),
        Effect::AlreadySo => ui.note(format!("{words} already; nothing was changed")),
    }
    ui.record(&changed.summary)
}

/// What it means that something has another name: who still uses the old one, as far as the store
/// knows.
pub(super) fn renamed(
    kind: &str,
    old: &impl Display,
    new: &impl Display,
    users: &Dependents,
) -> String {
    let known = if users.is_empty() {
        String::new()
    } else {
        format!("; it is used by {users}")
    };
    format!("{kind} `{old}` is renamed to `{new}`: the old name no longer works{known}")
}

/// What `--if-absent` asks for.
pub(super) fn if_there(if_absent: bool) -> IfThere {
    if if_absent {
        IfThere::Compare
    } else {
        IfThere::Refuse
    }
}
