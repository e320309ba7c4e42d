//! `hallpass mail`.

use hallpass::Kind;
use hallpass::ops::{mail, outbox};

use crate::cli::mail::{MailCommand, Send, Show, Test};
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

mod clear;
mod set;

/// Runs a verb.
pub(super) fn run(ui: &mut Ui, session: &mut Session, command: MailCommand) -> Result<(), Failure> {
    match command {
        MailCommand::Set(args) => set::run(ui, session, args),
        MailCommand::Show(Show {}) => show(ui, session),
        MailCommand::Test(args) => test(ui, session, args),
        MailCommand::Send(Send {}) => send(ui, session),
        MailCommand::Clear(args) => clear::run(ui, session, args),
    }
}

fn show(ui: &mut Ui, session: &mut Session) -> Result<(), Failure> {
    let shown = mail::show(session.core(ui)?)?;
    match shown.waiting {
        0 => {}
        1 => ui.note("1 message is waiting to be sent"),
        waiting => ui.note(format!("{waiting} messages are waiting to be sent")),
    }
    ui.list(&shown.settings)
}

fn send(ui: &mut Ui, session: &mut Session) -> Result<(), Failure> {
    let core = session.core(ui)?;
    let busy = ui.waiting("sending");
    let sent = outbox::send_due(core, &mut ui.mailer())?;
    drop(busy);
    ui.show(&sent)?;
    if sent.uncertain > 0 {
        let count = sent.uncertain;
        ui.warn(format!(
            "{count} of the messages may or may not have been sent; they are not sent again"
        ));
        ui.note("`hallpass otp list` shows why");
    }
    if sent.failed == 0 {
        return Ok(());
    }
    let failed = format!("{} of the messages will not be sent", sent.failed);
    Err(Failure::new(Kind::Failed, failed).command("otp list"))
}

fn test(ui: &mut Ui, session: &mut Session, args: Test) -> Result<(), Failure> {
    let Test { to, environment } = args;
    let core = session.core(ui)?;
    let waiting = ui.waiting("sending");
    let tested = mail::test(core, &mut ui.mailer(), environment.as_ref(), to.as_ref())?;
    drop(waiting);
    ui.note(format!("sent to {}", tested.to));
    ui.show(&tested)
}
