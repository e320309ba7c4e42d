//! `hallpass login`.

use hallpass::error::Refusal;
use hallpass::ops::login::{self, LoginOutcome, MAX_LIFETIME};
use hallpass::ops::password::{Cause, PasswordVerdict};
use hallpass::{Error, Kind};

use crate::cli::binding::{BindingFlags, EncodingFlags};
use crate::cli::top::Login;
use crate::commands::issued;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

/// Signs in and delivers the token. On a refusal a table prints nothing that could be taken for a
/// token; other formats hold the verdict.
pub(super) fn run(ui: &mut Ui, session: &mut Session, args: Login) -> Result<Exit, Failure> {
    let Login {
        profile,
        password_file,
        uses,
        lasts,
        spelling,
        sink,
    } = args;
    let (
        BindingFlags {
            connection,
            environment,
            device,
        },
        EncodingFlags { form },
    ) = (uses, spelling);
    let login = login::Login {
        profile,
        connection,
        environment,
        device,
        lifetime: lasts,
        form,
    };
    ui.ensure_password(password_file.as_ref())?;
    let mut outlet = ui.outlet(&sink)?;
    let core = session.core(ui)?;
    let password = ui.password(password_file.as_ref())?;
    match login::login(core, &login, &password, outlet.delivery()).map_err(explain)? {
        LoginOutcome::Issued(issued) => {
            issued::report(ui, &issued, &outlet)?;
            Ok(Exit::DONE)
        }
        LoginOutcome::Refused(verdict) => {
            ui.answer_no(&verdict, || refused(&verdict))?;
            Ok(Exit(verdict.exit))
        }
    }
}

/// Rewrites the error of a token's lifetime: `login` has other options for it than `token add`.
fn explain(error: Error) -> Failure {
    let hint = match &error {
        Error::Refused(Refusal::LifetimeTooLong { maximum, .. }) => {
            Some(format!("--for {}", (*maximum).min(MAX_LIFETIME)))
        }
        _ => None,
    };
    let failure = Failure::from(error);
    match hint {
        Some(hint) => failure.advice(hint),
        None => failure,
    }
}

/// Returns one answer whether or not the profile exists; only the operator learns more.
fn refused(verdict: &PasswordVerdict) -> Failure {
    let profile = &verdict.profile;
    let wrong = || {
        let message = format!("wrong password of profile `{profile}`");
        Failure::new(Kind::Refused, message)
    };
    match verdict.cause {
        Cause::Suspended => {
            Failure::new(Kind::Refused, format!("profile `{profile}` is suspended"))
                .command(format!("profile resume {profile}"))
        }
        Cause::NoProfile => wrong().command("profile list"),
        Cause::NoPassword => wrong().command(format!("password set {profile}")),
        _ => wrong(),
    }
}
