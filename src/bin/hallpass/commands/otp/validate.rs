//! `hallpass otp validate`.

use hallpass::Kind;
use hallpass::model::otp::Code;
use hallpass::ops::otp::{self, Answer, Binding, Refused, Submission, WhyNot};

use crate::cli::binding::EncodingFlags;
use crate::cli::otp::Validate;
use crate::commands::issued;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::view::explanation;
use crate::session::Session;
use crate::ui::Ui;

/// Exchanges a code for a token. A text that is not a code is refused before the store is looked
/// for.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Validate) -> Result<Exit, Failure> {
    let Validate {
        code_for,
        code,
        spelling: EncodingFlags { form },
        sink,
    } = args;
    let mut outlet = ui.outlet(&sink)?;
    let binding = Binding::from(code_for);
    let code = if let Some(code) = code {
        Code::parse(code.expose())
    } else {
        // First, so that nobody is asked in vain.
        session.core(ui)?;
        Code::parse(ui.read_or_ask("the code", "Verification code")?.expose())
    };
    let Ok(code) = code else {
        return refuse(ui, &Refused::new(&binding, WhyNot::Malformed));
    };
    let submission = Submission {
        binding,
        code,
        form,
    };
    match otp::validate(session.core(ui)?, &submission, outlet.delivery())? {
        Answer::Exchanged(issued) => {
            issued::report(ui, &issued, &outlet)?;
            Ok(Exit::DONE)
        }
        Answer::Refused(refused) => refuse(ui, &refused),
    }
}

/// Reports a refusal. The exit code is that of the reason.
fn refuse(ui: &mut Ui, refused: &Refused) -> Result<Exit, Failure> {
    ui.answer_no(refused, || {
        let failure = Failure::new(Kind::Refused, explanation(refused));
        if refused.reason == WhyNot::Malformed {
            failure
        } else {
            failure.command(again(refused))
        }
    })?;
    Ok(Exit(refused.exit))
}

/// Returns the command that requests another code.
fn again(refused: &Refused) -> String {
    let Refused {
        profile,
        connection,
        environment,
        ..
    } = refused;
    let mut command = format!("otp request {profile} --connection {connection}");
    if let Some(environment) = environment {
        command.extend([" --environment ", environment.as_str()]);
    }
    command
}
