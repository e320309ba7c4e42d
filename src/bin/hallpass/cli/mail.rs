//! `hallpass mail`.

use clap::{Args, Subcommand};
use hallpass::model::email::EmailAddress;
use hallpass::model::mail::{Sender, Transport};
use hallpass::model::name::EnvironmentName;

use super::input::Input;

/// Manage outgoing mail
///
/// Verification codes are mailed. An environment can have its own mail transport.
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

/// Configure outgoing mail
///
/// URL is `smtp://USER@HOST:PORT` (port 587; STARTTLS is required), `smtps://USER@HOST:PORT` (port
/// 465; TLS from the first byte), `sendmail:/usr/sbin/sendmail`, or `outbox:/FOLDER`, which gets
/// one file per message. Omit USER if the server needs no sign-in; write `@` in it as `%40`. The
/// password is asked for, or read from a file; it is stored sealed.
///
/// A program is run only if it is called `sendmail` and only root and you can change it. A folder
/// must be yours and not writable by others; a missing one is created. These are checked now;
/// whether a server accepts mail, `mail test` checks.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass mail set smtp://hallpass@mail.example.com --from noreply@example.com",
    "hallpass mail set smtps://u@mx.internal --from 'Example <it@example.com>' --ca-file ca.pem",
    "hallpass mail set sendmail:/usr/sbin/sendmail --from noreply@example.com",
    "hallpass mail set outbox:/tmp/mails --from noreply@example.com --environment test";
    "3" "no such environment",
    "6" "a user without a password, or a password without a user; a program or folder that cannot be used"
))]
pub(crate) struct Set {
    /// Mail transport URL
    #[arg(value_name = "URL")]
    pub(crate) transport: Transport,
    /// Sender: `ADDRESS` or `NAME <ADDRESS>`
    #[arg(long, value_name = "SENDER")]
    pub(crate) from: Sender,
    /// Read the password from a file (`-` for standard input)
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<Input>,
    /// Trust only the certificates in this file, not those of the system
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<Input>,
    /// Allow an unencrypted connection to a server on this machine
    #[arg(long)]
    pub(crate) insecure_plain: bool,
    /// For this environment only
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(crate) environment: Option<EnvironmentName>,
    /// Show the resulting configuration, without changing anything
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Show the mail configuration
///
/// The row without an environment applies to all that have no row of their own.
#[derive(Debug, Args)]
#[command(after_help = after!("hallpass mail show", "hallpass mail show --output json"))]
pub(crate) struct Show {}

/// Send a test message now, and report what the server answered
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass mail test me@example.com",
    "hallpass mail test --environment test";
    "1" "the message was not sent; the error has the reason",
    "3" "no such environment",
    "6" "mail is not configured"
))]
pub(crate) struct Test {
    /// Recipient [default: the sender's own address]
    #[arg(value_name = "ADDRESS")]
    pub(crate) to: Option<EmailAddress>,
    /// Use the mail configuration of this environment
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(crate) environment: Option<EnvironmentName>,
}

/// Send waiting messages that are due
///
/// A message waits if the server was busy or unreachable, or if sending was interrupted. `otp list`
/// shows which codes have a waiting message, and why. A message that may have been sent is not sent
/// again.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass mail send", "hallpass mail send --output json";
    "1" "a message will not be sent; `otp list` shows why"
))]
pub(crate) struct Send {}

/// Remove the mail configuration
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass mail clear --yes",
    "hallpass mail clear --environment test --dry-run";
    "3" "no such environment",
    "5" "not confirmed"
))]
pub(crate) struct Clear {
    /// Only the configuration of this environment
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(crate) environment: Option<EnvironmentName>,
    /// Show what would stop working, without changing anything
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}
