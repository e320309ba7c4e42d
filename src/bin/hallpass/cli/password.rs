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
/// At a terminal it is asked for twice. It must have at least 15 characters; common and guessable
/// passwords are refused. Replacing a password must be confirmed.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass password set github",
    "hallpass password set github --password-file secret.txt",
    "P=$(hallpass password set github --generate --yes)",
    "hallpass password set github --generate --to file:password --yes";
    "3" "no such profile",
    "5" "a password is set already, and replacing it was not confirmed",
    "6" "the password is too weak",
    "43" "the file of `--to`, or a folder on its path, is writable by others; or the file holds \
         something other than a hallpass secret (`--overwrite`), or can never take one",
    "51" "the generated password was not delivered, so the old one is unchanged"
))]
pub(crate) struct Set {
    /// Profile whose password to set
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: ProfileName,
    /// Read the password from a file (`-` for standard input)
    #[arg(long, value_name = "FILE", conflicts_with = "generate")]
    pub(crate) password_file: Option<Input>,
    /// Generate a password and print it once
    #[arg(long)]
    pub(crate) generate: bool,
    /// Show what would stop working, without changing anything
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
    /// Where that one goes.
    #[command(flatten)]
    pub(crate) sink: SinkFlags,
}

/// Remove a profile's password
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass password clear github --yes";
    "3" "no such profile",
    "5" "not confirmed"
))]
pub(crate) struct Clear {
    /// Profile whose password to remove
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: ProfileName,
    /// Show what would stop working, without changing anything
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Check a password
///
/// It is asked for at a terminal; standard input is read for it only with `--password-file -`.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass password verify github",
    "hallpass password verify github --password-file secret.txt";
    "0" "the password is correct",
    "2" "off a terminal: no `--password-file`; no attempt was spent",
    "11" "the password is wrong",
    "14" "the profile is suspended",
    "22" "too many attempts; the message has the time to wait"
))]
pub(crate) struct Verify {
    /// Profile whose password to check
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: ProfileName,
    /// Read the password from a file (`-` for standard input)
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<Input>,
}
