//! `hallpass password`.

use clap::{Args, Subcommand};
use hallpass::model::name::ProfileName;

use super::input::Input;
use super::sink::SinkFlags;

/// Manage the passwords of profiles
#[derive(Debug, Subcommand)]
#[command(after_help = after!("hallpass password set github", "hallpass password verify github"))]
pub(crate) enum PasswordCommand {
    Set(Set),
    Clear(Clear),
    Verify(Verify),
}

/// Set the password of a profile
///
/// Asked twice at a terminal. At least 15 characters; common and guessable ones are refused. One that
/// is set already is replaced after a question.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass password set github",
    "hallpass password set github --password-file secret.txt",
    "P=$(hallpass password set github --generate --yes)",
    "hallpass password set github --generate --to file:password --yes";
    "3" "no such profile",
    "5" "there is a password already, and its replacement was not confirmed",
    "6" "the password is too weak",
    "43" "the file of `--to`, or what leads to it, could be changed by others; or it holds something \
         that is not a secret of hallpass (`--overwrite`), or never takes one",
    "51" "the generated password was not delivered, so the old one holds"
))]
pub(crate) struct Set {
    /// Whose
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: ProfileName,
    /// Read it from a file (`-` for standard input)
    #[arg(long, value_name = "FILE", conflicts_with = "generate")]
    pub(crate) password_file: Option<Input>,
    /// Make one and print it once
    #[arg(long)]
    pub(crate) generate: bool,
    /// Show what would stop and change nothing
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
    /// Where that one goes.
    #[command(flatten)]
    pub(crate) sink: SinkFlags,
}

/// Take the password of a profile away
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass password clear github --yes";
    "3" "no such profile",
    "5" "not confirmed"
))]
pub(crate) struct Clear {
    /// Whose
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: ProfileName,
    /// Show what would stop and change nothing
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Say whether a password is the profile's
///
/// It is asked for at a terminal; standard input is read for it only with `--password-file -`.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass password verify github",
    "hallpass password verify github --password-file secret.txt";
    "0" "it is",
    "2" "off a terminal: no `--password-file`; no attempt was spent",
    "11" "it is not",
    "14" "the profile is suspended",
    "22" "too many tries; the message says until when"
))]
pub(crate) struct Verify {
    /// Whose
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: ProfileName,
    /// Read it from a file (`-` for standard input)
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<Input>,
}
