//! One module per noun. Each command is three moves: parse, one call of the core, one view.

use crate::cli::Command;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::ui::Ui;

mod apply;
mod audit;
mod completions;
mod connection;
mod consequence;
mod demo;
mod environment;
mod export;
#[cfg(feature = "server")]
mod health;
mod init;
mod issued;
mod lock;
mod login;
mod mail;
mod otp;
mod outcome;
mod password;
mod profile;
mod recovery;
mod review;
#[cfg(feature = "server")]
mod serve;
mod status;
mod store;
mod token;
mod unlock;
mod verify;

/// Runs a command.
pub(crate) fn run(ui: &mut Ui, session: &mut Session, command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Demo(args) => demo::run(ui, session, &args)?,
        Command::Init(args) => init::run(ui, session, &args)?,
        Command::Status(args) => return status::run(ui, session, &args),
        Command::Unlock(args) => unlock::run(ui, session, &args)?,
        Command::Lock(args) => lock::run(ui, session, &args)?,
        Command::Environment(command) => environment::run(ui, session, command)?,
        Command::Connection(command) => connection::run(ui, session, command)?,
        Command::Token(command) => return token::run(ui, session, command),
        Command::Verify(args) => return verify::run(ui, session, args),
        Command::Password(command) => return password::run(ui, session, command),
        Command::Login(args) => return login::run(ui, session, args),
        Command::Otp(command) => return otp::run(ui, session, command),
        Command::Profile(command) => profile::run(ui, session, command, run)?,
        Command::Mail(command) => mail::run(ui, session, command)?,
        Command::Apply(args) => return apply::run(ui, session, args),
        Command::Export(_) => export::run(ui, session)?,
        Command::Review(args) => return review::run(ui, session, &args),
        Command::Audit(command) => return audit::run(ui, session, command),
        Command::Store(command) => store::run(ui, session, command)?,
        #[cfg(feature = "server")]
        Command::Serve(args) => serve::run(ui, session, args)?,
        #[cfg(feature = "server")]
        Command::Health(args) => return health::run(ui, session, args),
        Command::Completions(args) => completions::run(&args)?,
    }
    Ok(Exit::DONE)
}
