//! `hallpass otp`.

use hallpass::model::otp::CodeState;
use hallpass::ops::edit::Effect;
use hallpass::ops::otp::{self, Binding};

use crate::cli::otp::{Cancel, List, OtpCommand};
use crate::commands::consequence::Consequence;
use crate::commands::outcome;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

mod request;
mod validate;

/// Runs one of the commands.
pub(super) fn run(
    ui: &mut Ui,
    session: &mut Session,
    command: OtpCommand,
) -> Result<Exit, Failure> {
    match command {
        OtpCommand::Request(args) => request::run(ui, session, args),
        OtpCommand::Validate(args) => validate::run(ui, session, args),
        OtpCommand::List(args) => list(ui, session, &args).map(|()| Exit::DONE),
        OtpCommand::Cancel(args) => cancel(ui, session, args).map(|()| Exit::DONE),
    }
}

fn list(ui: &mut Ui, session: &mut Session, args: &List) -> Result<(), Failure> {
    let List {
        profile,
        all,
        state,
    } = args;
    let core = session.core(ui)?;
    let codes = match state {
        Some(state) => otp::list_in(core, profile.as_ref(), *state)?,
        None => otp::list(core, profile.as_ref(), *all)?,
    };
    ui.list(&codes)
}

fn cancel(ui: &mut Ui, session: &mut Session, args: Cancel) -> Result<(), Failure> {
    let Cancel { code_for, dry_run } = args;
    let binding = Binding::from(code_for);
    let Binding {
        profile,
        connection,
        ..
    } = &binding;
    let words = format!("the code of profile `{profile}` for connection `{connection}` is invalid");
    if dry_run {
        let (_, impact) = otp::preview_cancel(session.core(ui)?, &binding)?;
        let change =
            format!("cancelling the code of profile `{profile}` for connection `{connection}`");
        return Consequence::new(&change, impact).show(ui);
    }
    let Some(changed) = otp::cancel(session.core(ui)?, &binding)? else {
        ui.note("there is no code; nothing was changed");
        return Ok(());
    };
    // The code was already exchanged, and the delivery of its token may still be pending: the code
    // stays used even if that delivery fails.
    let kept = changed.effect == Effect::Changed && changed.summary.state == CodeState::Used;
    let words = if kept {
        format!(
            "the code of profile `{profile}` for connection `{connection}` stays used, even if its token is not delivered"
        )
    } else {
        words
    };
    outcome::changed(ui, &words, &changed)
}
