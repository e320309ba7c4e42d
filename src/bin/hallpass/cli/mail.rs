//! `hallpass mail`.

use clap::{Args, Subcommand};
use hallpass::model::email::EmailAddress;
use hallpass::model::mail::{Sender, Transport};
use hallpass::model::name::EnvironmentName;

use super::input::Input;

/// Manage the way that mail leaves
///
/// Verification codes are mailed. One environment may have another way than the rest.
#[derive(Debug, Subcommand)]
#[command(after_help = after!(
    "hallpass mail set smtp://hallpass@mail.example.com --from noreply@example.com",
    "hallpass mail test me@example.com"
))]
pub(crate) enum MailCommand {
    Set(Set),
    Show(Show),
    Test(Test),
    Send(Send),
    Clear(Clear),
}

/// Set the way that mail leaves
///
/// URL is `smtp://USER@HOST:PORT` (port 587; the line is protected by STARTTLS, or nothing is sent),
/// `smtps://USER@HOST:PORT` (port 465; TLS from the first byte), `sendmail:/usr/sbin/sendmail`, or
/// `outbox:/FOLDER`, which gets one file for each mail. USER is left out where nobody signs in, and
/// written with `%40` for `@`. The password is asked for, or read from a file; it lies sealed in the
/// store.
///
/// A program is started only if it is called `sendmail` and nobody but root and you can change it. A
/// folder must be yours, and nobody else may write it; a missing one is made. What is not so now is
/// refused; whether a server takes mails, `mail test` tells.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass mail set smtp://hallpass@mail.example.com --from noreply@example.com",
    "hallpass mail set smtps://u@mx.internal --from 'Example <it@example.com>' --ca-file ca.pem",
    "hallpass mail set sendmail:/usr/sbin/sendmail --from noreply@example.com",
    "hallpass mail set outbox:/tmp/mails --from noreply@example.com --environment test";
    "3" "no such environment",
    "6" "a user without a password, or a password without a user; a program or a folder that cannot be used"
))]
pub(crate) struct Set {
    /// By which way mail leaves
    #[arg(value_name = "URL")]
    pub(crate) transport: Transport,
    /// From whom: `ADDRESS` or `NAME <ADDRESS>`
    #[arg(long, value_name = "SENDER")]
    pub(crate) from: Sender,
    /// Read the password from a file (`-` for standard input)
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<Input>,
    /// Trust the certificates in this file alone, not those of the system
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<Input>,
    /// Speak without protection, with a server on this machine
    #[arg(long)]
    pub(crate) insecure_plain: bool,
    /// For this environment only
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(crate) environment: Option<EnvironmentName>,
    /// Show the settings as they would be and change nothing
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Show by which ways mail leaves
///
/// The row without an environment holds for all that have none of their own.
#[derive(Debug, Args)]
#[command(after_help = after!("hallpass mail show", "hallpass mail show --output json"))]
pub(crate) struct Show {}

/// Send a test mail now, and say what the server answered
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass mail test me@example.com",
    "hallpass mail test --environment test";
    "1" "the mail was not sent; the message says why",
    "3" "no such environment",
    "6" "mail is not set"
))]
pub(crate) struct Test {
    /// To whom; to the sender's own address without it
    #[arg(value_name = "ADDRESS")]
    pub(crate) to: Option<EmailAddress>,
    /// As mail for this environment would leave
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(crate) environment: Option<EnvironmentName>,
}

/// Send the mails that wait and are due
///
/// A mail waits when a server was busy or out of reach, or when whoever was sending it was
/// interrupted before its end. `otp list` shows which codes wait for theirs, and why. A mail that
/// may have been sent or not is not sent again.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass mail send", "hallpass mail send --output json";
    "1" "a mail will not be sent; `otp list` says why"
))]
pub(crate) struct Send {}

/// Take the way that mail leaves away
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass mail clear --yes",
    "hallpass mail clear --environment test --dry-run";
    "3" "no such environment",
    "5" "not confirmed"
))]
pub(crate) struct Clear {
    /// That of this environment only
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(crate) environment: Option<EnvironmentName>,
    /// Show what would stop and change nothing
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}
