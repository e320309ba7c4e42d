//! `hallpass password`.

use hallpass::Error;
use hallpass::error::Refusal;
use hallpass::model::name::ProfileName;
use hallpass::ops::Core;
use hallpass::ops::edit::Changed;
use hallpass::ops::password;

use crate::cli::input::Input;
use crate::cli::password::{Clear, PasswordCommand, Set, Verify};
use crate::commands::consequence::Consequence;
use crate::commands::issued::{went_to, would_go_to};
use crate::commands::outcome;
use crate::delivery::Outlet;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::view::{PasswordOf, PasswordSet};
use crate::session::Session;
use crate::ui::Ui;

/// Runs one of the commands.
pub(super) fn run(
    ui: &mut Ui,
    session: &mut Session,
    command: PasswordCommand,
) -> Result<Exit, Failure> {
    match command {
        PasswordCommand::Set(args) => set(ui, session, args).map(|()| Exit::DONE),
        PasswordCommand::Clear(args) => clear(ui, session, args).map(|()| Exit::DONE),
        PasswordCommand::Verify(args) => verify(ui, session, &args),
    }
}

fn set(ui: &mut Ui, session: &mut Session, args: Set) -> Result<(), Failure> {
    let Set {
        profile,
        password_file,
        generate,
        dry_run,
        sink,
    } = args;
    if sink.to.is_some() && !generate {
        let message = "`--to` is only for a generated password";
        return Err(Failure::usage(message).advice("add `--generate`"));
    }
    let mut outlet = ui.outlet(&sink)?;
    let core = session.core(ui)?;
    // First, so that nobody types a password twice in vain.
    let impact = password::preview_change(core, &profile)?;
    let password = impact.password;
    let change = format!("setting the password of profile `{profile}`");
    let consequence = Consequence::new(&change, impact);
    if dry_run {
        let place = preview(ui, core, &profile, password_file.as_ref(), &mut outlet)?;
        return place
            .into_iter()
            .fold(consequence, |it, place| it.and(&place))
            .show(ui);
    }
    if password {
        consequence.confirm(ui, "Replace it?")?;
    }
    if generate {
        let new = password::set_generated(core, &profile, outlet.delivery())?;
        ui.note(format!("the password of profile `{profile}` is set"));
        match outlet.elsewhere() {
            None => ui.note("copy it now: it is not shown again"),
            Some(place) => ui.note(went_to(place, new.replaced)),
        }
        return ui.delivered(&outlet, "password", &PasswordOf::new(profile));
    }
    let password = ui.new_password(password_file.as_ref(), INSTEAD)?;
    password::set(core, &profile, &password).map_err(|error| explain(error, &profile))?;
    ui.note(format!("the password of profile `{profile}` is set"));
    ui.record(&PasswordSet::new(profile))
}

/// The options for a caller that cannot be asked for a password.
const INSTEAD: &str = "`--password-file FILE` or `--generate`";

/// Judges the input and the sink as the change itself does, and reports what the secret would
/// replace.
fn preview(
    ui: &mut Ui,
    core: &mut Core,
    profile: &ProfileName,
    password_file: Option<&Input>,
    outlet: &mut Outlet,
) -> Result<Option<String>, Failure> {
    if password_file.is_some() {
        let password = ui.new_password(password_file, INSTEAD)?;
        password::ensure_settable(core, profile, &password)
            .map_err(|error| explain(error, profile))?;
    }
    let replaced = match outlet {
        Outlet::Sink { sink, .. } => password::replaces(core, profile, &mut **sink)?,
        Outlet::Descriptor { .. } => None,
    };
    Ok(outlet.elsewhere().map(|place| would_go_to(place, replaced)))
}

/// Adds the hint for a refused password.
fn explain(error: Error, profile: &ProfileName) -> Failure {
    let weak = matches!(error, Error::Refused(Refusal::WeakPassword(_)));
    let failure = Failure::from(error);
    if weak {
        failure.command(format!("password set {profile} --generate"))
    } else {
        failure
    }
}

fn clear(ui: &mut Ui, session: &mut Session, args: Clear) -> Result<(), Failure> {
    let Clear { profile, dry_run } = args;
    let core = session.core(ui)?;
    let impact = password::preview_change(core, &profile)?;
    let password = impact.password;
    let change = format!("removing the password of profile `{profile}`");
    let consequence = Consequence::new(&change, impact);
    if dry_run {
        return consequence.show(ui);
    }
    if password {
        consequence.confirm(ui, "Remove it?")?;
    }
    let Changed {
        summary,
        effect,
        absent,
    } = password::clear(core, &profile)?;
    let changed = Changed {
        summary: PasswordSet::new(summary),
        effect,
        absent,
    };
    outcome::changed(
        ui,
        &format!("profile `{profile}` has no password"),
        &changed,
    )
}

fn verify(ui: &mut Ui, session: &mut Session, args: &Verify) -> Result<Exit, Failure> {
    let Verify {
        profile,
        password_file,
    } = args;
    ui.ensure_password(password_file.as_ref())?;
    let core = session.core(ui)?;
    let password = ui.password(password_file.as_ref())?;
    let verdict = password::verify(core, profile, &password)?;
    ui.show(&verdict)?;
    Ok(Exit(verdict.exit))
}
