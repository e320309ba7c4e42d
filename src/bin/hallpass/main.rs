//! The command line of hallpass: thin, and the only part that talks to people, reads the
//! environment, and owns the real clock.
#![forbid(unsafe_code)]

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;

use hallpass::Kind;
use rustix::fs::Mode;

mod actor;
mod claims;
mod cli;
mod clock;
mod commands;
mod completion;
mod declaration;
mod decoding;
mod delivery;
mod exit;
mod failure;
mod hint;
mod hints;
mod keyring;
mod memory;
mod misplaced;
mod newfile;
mod output;
mod passphrase_command;
mod progress;
mod prompt;
mod protected;
mod report;
mod search;
mod secrets;
mod session;
mod settings;
mod stdio;
mod terminal;
mod ui;
mod unlock;
mod usage;
mod users;

use claims::Claims;
use cli::global::{Format, Global};
use cli::input::Input;
use cli::{Cli, Command};
use delivery::Outlets;
use exit::Exit;
use failure::Failure;
use prompt::Asking;
use report::Report;
use secrets::Secrets;
use session::Session;
use settings::{Environment, MissingFile, Settings};
use ui::{Consent, Ui, wanted};

fn main() -> ExitCode {
    let umask = hallpass::sys::umask_077();
    report::report_panics_without_their_text();
    // Unwinding runs the destructors that wipe secrets.
    let Exit(code) = catch_unwind(AssertUnwindSafe(|| run(umask))).unwrap_or(Exit::from(Kind::Bug));
    ExitCode::from(code)
}

fn run(umask: Mode) -> Exit {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let environment = Environment::read();
    let refused = refuse_protected(&arguments, &environment);
    if let Some((shell, words)) = completion::asked(&environment, &arguments) {
        return completion::answer(&shell, words, &environment, umask);
    }
    if !environment.takes_drawing() {
        terminal::draw_nothing();
    }
    let color = stdio::stderr_is_terminal() && environment.takes_color();
    let mut early = Report::new(early_format(&arguments, &environment), color, false);
    let readable = || misplaced::refuse_passwords_in_urls(&arguments);
    if let Err(failure) = refused.and_then(|()| readable()) {
        early.failure(&failure);
        return failure.exit();
    }
    let ended = match cli::parse(arguments.clone()) {
        Err(error) => usage::end(&error, color),
        Ok(Cli { global, command }) => {
            let prepared = misplaced::refuse_in_arguments(arguments.get(1..).unwrap_or_default())
                .and_then(|()| prepare(global, environment, &command, umask));
            match prepared {
                Ok((mut ui, mut session)) => return perform(&mut ui, &mut session, command),
                Err(failure) => Err(failure),
            }
        }
    };
    ended.unwrap_or_else(|failure| {
        early.failure(&failure);
        failure.exit()
    })
}

/// Refuses to write to a file of a store, before anything is printed: neither the arguments nor the
/// settings are validated yet.
fn refuse_protected(arguments: &[OsString], environment: &Environment) -> Result<(), Failure> {
    let suspected = || Settings::suspected(&completion::store_options(arguments), environment);
    stdio::refuse_protected(&|fd| protected::is_of_some_store(fd) || suspected().has(fd))
}

/// Returns the format of errors before the settings are read.
fn early_format(arguments: &[OsString], environment: &Environment) -> Format {
    usage::format(arguments)
        .or_else(|| environment.format().ok().flatten())
        .unwrap_or_default()
}

fn prepare(
    global: Global,
    environment: Environment,
    command: &Command,
    umask: Mode,
) -> Result<(Ui, Session), Failure> {
    let claims = Claims::take(&global, command)?;
    harden(&global, &environment, command)?;
    let missing = missing_settings(command);
    let settings = Settings::load(&global, &environment, missing, command.purpose())?;
    let protected = settings.protected(&global, &environment);
    claims.ensure_safe(&protected)?;
    let color = wanted(settings.color, stdio::stderr_is_terminal());
    let report = Report::new(settings.format, color, global.quiet);
    let asking = Asking::now(global.no_input);
    let Claims { sink, passphrase } = claims;
    let consent = Consent::new(global.yes);
    let mut secrets = Secrets::new(umask, passphrase);
    let outlets = Outlets {
        claimed: sink,
        protected,
    };
    if passphrase_on_stdin(&global, &environment) {
        secrets.keep_stdin_for(unlock::PASSPHRASE);
    }
    let ui = Ui::new(
        settings.format,
        settings.color,
        report,
        asking,
        consent,
        secrets,
        outlets,
    );
    Ok((ui, Session::new(settings, global, environment)))
}

/// Protects the memory of the process from other processes and from core dumps. Also gives up
/// gaining privileges, unless a program may be started that needs them (a passphrase command, a
/// command sink, sendmail).
fn harden(global: &Global, environment: &Environment, command: &Command) -> Result<(), Failure> {
    let asks = global.key.passphrase_command.is_some() || environment.passphrase_command.is_some();
    hallpass::sys::harden(asks || command.starts_program()).map_err(|source| {
        Failure::new(Kind::Failed, "the process cannot be protected").because(&source)
    })
}

/// Whether standard input is reserved for the passphrase, whatever else a command would read from
/// it.
fn passphrase_on_stdin(global: &Global, environment: &Environment) -> bool {
    let named = global
        .key
        .passphrase_file
        .as_ref()
        .is_some_and(|from| *from == Input::Stdin);
    named || environment.passphrase_file.as_deref() == Some(Path::new("-"))
}

/// Whether a named settings file may be missing: `init` creates it.
fn missing_settings(command: &Command) -> MissingFile {
    if matches!(command, Command::Init(_)) {
        MissingFile::Allowed
    } else {
        MissingFile::Refused
    }
}

fn perform(ui: &mut Ui, session: &mut Session, command: Command) -> Exit {
    let done = commands::run(ui, session, command);
    let done = done.map_err(|failure| failure.or_suggest(session.opened()));
    let committed = session.has_committed();
    // Closing reports warnings about the store even after a failure; the failure still decides the
    // exit code.
    let closed = session.close(ui);
    match done.and_then(|exit| closed.map(|()| exit)) {
        Ok(exit) => {
            ui.close(None);
            exit
        }
        Err(failure) => {
            let failure = failure.at(session.place()).after_all(committed);
            ui.close(Some(&failure));
            failure.exit()
        }
    }
}
