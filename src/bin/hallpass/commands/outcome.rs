//! Reports on a thing that was added or changed, or already was up to date.

use std::fmt::Display;

use hallpass::error::Dependents;
use hallpass::ops::edit::{Added, Changed, Effect, IfThere};

use crate::failure::Failure;
use crate::output::View;
use crate::ui::Ui;

/// Shows an added thing. Of one that exists already, reports only that, and how it differs.
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

/// Shows an edited thing.
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

/// Reports what changed, in words; programs get the thing's current state.
pub(super) fn changed<V: View>(
    ui: &mut Ui,
    words: &str,
    changed: &Changed<V>,
) -> Result<(), Failure> {
    match changed.effect {
        Effect::Changed => ui.note(words),
        Effect::AlreadySo => ui.note(format!("{words} already; nothing was changed")),
    }
    ui.record(&changed.summary)
}

/// Warns what still uses the old name of a renamed thing, as far as the store knows.
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

/// Translates `--if-absent`.
pub(super) fn if_there(if_absent: bool) -> IfThere {
    if if_absent {
        IfThere::Compare
    } else {
        IfThere::Refuse
    }
}
