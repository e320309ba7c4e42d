//! `hallpass token rotate`.

use hallpass::model::time::Time;
use hallpass::model::token::Use;
use hallpass::ops::token::{self, Life, RotateAnswer, Rotated, Rotating, Summary};

use super::{add, target};
use crate::cli::binding::Spelling;
use crate::cli::token::Rotate;
use crate::delivery::Outlet;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Replaces a token and delivers the new one.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Rotate) -> Result<(), Failure> {
    let Rotate { which, overlap, expires, spelling: Spelling { form }, request_id, sink } = args;
    let mut outlet = ui.outlet(&sink)?;
    let target = target::one(ui, which)?;
    let life = expires.map_or(Life::AsBefore, |expires| Life::As(Some(expires)));
    let rotating = Rotating { target, overlap, life, at_least: None, form, request: request_id };
    match token::rotate(session.core(ui)?, &rotating, outlet.delivery())? {
        RotateAnswer::Now(rotated) => tell(ui, &rotated, &outlet),
        RotateAnswer::Before(token) => {
            let id = token.id;
            ui.note(format!("this request was answered already, by token {id}, which is there; nothing was changed"));
            ui.delivered(&outlet, "token", &*token)
        }
    }
}

/// Says which token took the place of which, and how long the old one is good.
pub(super) fn tell(ui: &mut Ui, rotated: &Rotated, outlet: &Outlet) -> Result<(), Failure> {
    let Rotated { issued, old } = rotated;
    ui.note(match old.expires_at {
        Some(end) if old.state.is_live() => {
            format!("the old one, {}, is valid until {end}", old.id)
        }
        _ => format!("the old one, {}, is not valid any more", old.id),
    });
    add::tell(ui, issued, outlet)
}

/// Says whether the other one of two tokens is still, or already, used.
pub(super) fn remind(ui: &mut Ui, token: &Summary) {
    if let Some(old) = token.predecessor {
        let end =
            token.predecessor_expires_at.map(|end| format!(" until {end}")).unwrap_or_default();
        let used = used(token.predecessor_last_used_at, token.predecessor_used);
        ui.note(format!("it replaced {old}, which is valid{end} at most and was {used}"));
    }
    if let Some(new) = token.successor {
        let used = used(token.successor_last_used_at, token.successor_used);
        ui.note(format!("it was replaced by {new}, which was {used}"));
    }
}

fn used(at: Option<Time>, used: Option<Use>) -> String {
    match (at, used) {
        (Some(at), _) => format!("last used {at}"),
        (None, Some(Use::Unknown)) => "not used as far as is known".to_owned(),
        (None, _) => "never used".to_owned(),
    }
}
