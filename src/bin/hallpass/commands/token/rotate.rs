//! `hallpass token rotate`.

use hallpass::ops::token::{self, RotateAnswer, RotateRequest, SuccessorLifetime};

use super::{rotated, target};
use crate::cli::binding::EncodingFlags;
use crate::cli::token::Rotate;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Replaces a token and delivers the new one.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Rotate) -> Result<(), Failure> {
    let Rotate {
        which,
        overlap,
        expires,
        spelling: EncodingFlags { form },
        request_id,
        sink,
    } = args;
    let mut outlet = ui.outlet(&sink)?;
    let target = target::one(ui, which)?;
    let life = expires.map_or(SuccessorLifetime::Inherited, |expires| {
        SuccessorLifetime::Requested(Some(expires))
    });
    let rotating = RotateRequest {
        target,
        overlap,
        life,
        at_least: None,
        form,
        request: request_id,
    };
    match token::rotate(session.core(ui)?, &rotating, outlet.delivery())? {
        RotateAnswer::Now(rotated) => rotated::report(ui, &rotated, &outlet),
        RotateAnswer::Before(token) => {
            let id = token.id;
            ui.note(format!("this request was completed already, with token {id}, which the sink holds; nothing was changed"));
            ui.delivered(&outlet, "token", &*token)
        }
    }
}
