//! The program's commands, and how its arguments are parsed.

use std::ffi::OsString;

use clap::{Args as _, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use super::{
    audit, connection, declaration, environment, global, mail, otp, password, profile, reference,
    sink, store, token, top,
};
#[cfg(feature = "server")]
use super::{health, serve};

/// Issue, restrict, suspend, verify and revoke API credentials
///
/// Everything is kept in one encrypted file, the store. A new secret is printed once; it cannot be
/// recovered from what is stored.
#[derive(Debug, Parser)]
#[command(
    name = "hallpass",
    version,
    disable_help_subcommand = true,
    max_term_width = 100
)]
#[command(after_help = after!(
    "hallpass demo",
    "hallpass init",
    "hallpass profile add github --connection ci",
    "T=$(hallpass token add github/laptop)",
    "printf %s \"$T\" | hallpass verify --connection ci"
))]
#[command(after_long_help = reference::TAIL)]
pub(crate) struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub(crate) global: global::Global,
    /// Which command.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands, in the order of the help.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(top::Demo),
    Init(top::Init),
    Status(top::Status),
    Unlock(top::Unlock),
    Lock(top::Lock),
    #[command(subcommand)]
    Environment(environment::EnvironmentCommand),
    #[command(subcommand)]
    Connection(connection::ConnectionCommand),
    #[command(subcommand)]
    Profile(profile::ProfileCommand),
    #[command(subcommand)]
    Token(token::TokenCommand),
    Verify(top::Verify),
    #[command(subcommand)]
    Password(password::PasswordCommand),
    Login(top::Login),
    #[command(subcommand)]
    Otp(otp::OtpCommand),
    #[command(subcommand)]
    Mail(mail::MailCommand),
    Apply(declaration::Apply),
    Export(declaration::Export),
    Review(top::Review),
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    #[command(subcommand)]
    Store(store::StoreCommand),
    #[cfg(feature = "server")]
    Serve(serve::Serve),
    #[cfg(feature = "server")]
    Health(health::Health),
    Completions(top::Completions),
}

impl Command {
    /// Whether it may start a program, apart from the passphrase command.
    pub(crate) fn starts_program(&self) -> bool {
        match self {
            // Mail may leave before the command ends. Only the store knows the transport, and
            // sendmail may have to gain privileges.
            Self::Mail(mail::MailCommand::Test(_) | mail::MailCommand::Send(_))
            | Self::Otp(otp::OtpCommand::Request(_))
            // The sinks of the declaration are not known yet.
            | Self::Apply(_) => true,
            _ => self.sink().is_some_and(sink::SinkFlags::starts_program),
        }
    }

    /// Returns the sink of the new secret, if the command makes one. A sink that is read again
    /// (`token ensure`) is neither a descriptor nor a program.
    pub(crate) fn sink(&self) -> Option<&sink::SinkFlags> {
        match self {
            Self::Token(token::TokenCommand::Add(add)) => Some(&add.sink),
            Self::Token(token::TokenCommand::Rotate(rotate)) => Some(&rotate.sink),
            Self::Profile(profile::ProfileCommand::Add(add)) => Some(&add.sink),
            Self::Login(login) => Some(&login.sink),
            Self::Otp(otp::OtpCommand::Validate(validate)) => Some(&validate.sink),
            Self::Password(password::PasswordCommand::Set(set)) => Some(&set.sink),
            _ => None,
        }
    }
}

/// Tells clap of a command's own options.
type Define = fn(clap::Command) -> clap::Command;

/// How clap is told of each command.
pub(crate) const COMMANDS: &[(&str, Define)] = &[
    ("demo", top::Demo::augment_args),
    ("init", top::Init::augment_args),
    ("status", top::Status::augment_args),
    ("unlock", top::Unlock::augment_args),
    ("lock", top::Lock::augment_args),
    (
        "environment",
        environment::EnvironmentCommand::augment_subcommands,
    ),
    (
        "connection",
        connection::ConnectionCommand::augment_subcommands,
    ),
    ("profile", profile::ProfileCommand::augment_subcommands),
    ("token", token::TokenCommand::augment_subcommands),
    ("verify", top::Verify::augment_args),
    ("password", password::PasswordCommand::augment_subcommands),
    ("login", top::Login::augment_args),
    ("otp", otp::OtpCommand::augment_subcommands),
    ("mail", mail::MailCommand::augment_subcommands),
    ("apply", declaration::Apply::augment_args),
    ("export", declaration::Export::augment_args),
    ("review", top::Review::augment_args),
    ("audit", audit::AuditCommand::augment_subcommands),
    ("store", store::StoreCommand::augment_subcommands),
    #[cfg(feature = "server")]
    ("serve", serve::Serve::augment_args),
    #[cfg(feature = "server")]
    ("health", health::Health::augment_args),
    ("completions", top::Completions::augment_args),
];

/// Parses the arguments, the program's name first.
pub(crate) fn parse(arguments: Vec<OsString>) -> Result<Cli, clap::Error> {
    match parse_named(&arguments) {
        Some(cli) => Ok(cli),
        None => Cli::try_parse_from(arguments),
    }
}

/// Parses with no more commands than are named among the arguments: to tell clap of all of them, and
/// each of the global options, takes longer than a look-up. What does not parse like this is left to
/// be parsed with everything there is, for the message.
fn parse_named(arguments: &[OsString]) -> Option<Cli> {
    let named = COMMANDS
        .iter()
        .filter(|(name, _)| arguments.iter().any(|word| word == name));
    let definitions = global::Global::augment_args(clap::Command::new("hallpass"))
        .disable_help_subcommand(true)
        .subcommands(named.map(|(name, define)| define(clap::Command::new(*name))));
    Cli::from_arg_matches(&definitions.try_get_matches_from(arguments).ok()?).ok()
}

/// The definitions as clap knows them, for completions and manual pages.
pub(crate) fn definitions() -> clap::Command {
    Cli::command()
}
