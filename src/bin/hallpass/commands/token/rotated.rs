//! The report on a rotation: a token and its successor.

use hallpass::model::time::Time;
use hallpass::model::token::Use;
use hallpass::ops::token::{Rotated, Summary};

use crate::commands::issued;
use crate::delivery::Outlet;
use crate::failure::Failure;
use crate::ui::Ui;

/// Reports which token replaced which, and how long the old one stays valid.
pub(super) fn report(ui: &mut Ui, rotated: &Rotated, outlet: &Outlet) -> Result<(), Failure> {
    let Rotated { issued, old } = rotated;
    ui.note(match old.expires_at {
        Some(end) if old.state.is_live() => {
            format!("the old token, {}, is valid until {end}", old.id)
        }
        _ => format!("the old token, {}, is no longer valid", old.id),
    });
    issued::report(ui, issued, outlet)
}

/// Reports whether the other one of two tokens is still, or already, in use.
pub(super) fn remind(ui: &mut Ui, token: &Summary) {
    if let Some(old) = token.predecessor {
        let end = token
            .predecessor_expires_at
            .map(|end| format!(" until {end}"))
            .unwrap_or_default();
        let used = used(token.predecessor_last_used_at, token.predecessor_used);
        ui.note(format!(
            "it replaced {old}, which is valid{end} at most and was {used}"
        ));
    }
    if let Some(new) = token.successor {
        let used = used(token.successor_last_used_at, token.successor_used);
        ui.note(format!("it was replaced by {new}, which was {used}"));
    }
}

fn used(at: Option<Time>, used: Option<Use>) -> String {
    match (at, used) {
        (Some(at), _) => format!("last used {at}"),
        (None, Some(Use::Unknown)) => "not used, as far as is known".to_owned(),
        (None, _) => "never used".to_owned(),
    }
}
