//! `hallpass otp request`.

use std::thread;

use hallpass::Kind;
use hallpass::model::otp::Delivery;
use hallpass::ops::otp::{self, Requested};
use hallpass::ops::outbox;

use crate::cli::otp::Request;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::view::CodeSent;
use crate::session::Session;
use crate::ui::Ui;

/// Makes a code, sends it, and prints it if asked to.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Request) -> Result<Exit, Failure> {
    let Request {
        code_for,
        device,
        print_code,
    } = args;
    let core = session.core(ui)?;
    let asked = otp::Request {
        binding: code_for.into(),
        device,
        asked_from: None,
    };
    let mut requested = otp::request(core, &asked)?;
    let busy = ui.waiting("sending");
    let sent = outbox::send_one(
        core,
        requested.message,
        &mut ui.mailer(),
        &mut thread::sleep,
    )?;
    drop(busy);
    ensure_sent(&requested, &sent)?;
    requested.summary.delivery = sent.word();
    requested.summary.cause = sent.cause().map(str::to_owned);
    if print_code {
        // First, so that nothing is reported about a code that is not valid yet.
        otp::reveal(core, &requested, &mut ui.handover())?;
    }
    report(ui, &requested, &sent);
    if !print_code {
        ui.record(&CodeSent::new(&requested))?;
    }
    Ok(Exit::DONE)
}

/// Fails if the mail will not be sent: its code is cancelled.
fn ensure_sent(requested: &Requested, sent: &Delivery) -> Result<(), Failure> {
    let Delivery::Failed(cause) = sent else {
        return Ok(());
    };
    let to = &requested.summary.sent_to;
    let failed = format!("the message to {to} cannot be sent, so there is no code: {cause}");
    Err(Failure::new(Kind::Failed, failed).command("mail test"))
}

/// Reports where the mail is, and until when the code is valid.
fn report(ui: &mut Ui, requested: &Requested, sent: &Delivery) {
    let summary = &requested.summary;
    let to = &summary.sent_to;
    let end = summary.expires_at;
    match sent {
        Delivery::Outbox(_) => ui.note(format!("the message to {to} is in the outbox folder")),
        Delivery::Uncertain(cause) => {
            ui.warn(format!(
                "the message to {to} may or may not have been sent: {cause}"
            ));
            ui.note("it is not sent again; if it does not arrive, request another code");
        }
        Delivery::Queued(cause) => {
            let cause = cause.as_deref().unwrap_or("another call is sending it");
            ui.warn(format!(
                "the message to {to} could not be sent yet: {cause}"
            ));
            ui.note("it is waiting: `hallpass mail send` sends it, `hallpass otp list` shows it");
        }
        _ => ui.note(format!("a verification code was mailed to {to}")),
    }
    ui.note(format!("the code expires {end}"));
}
