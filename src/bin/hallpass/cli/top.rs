//! Commands that belong to no noun.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;
use hallpass::model::name::{ConnectionName, EnvironmentName, ProfileName};
use hallpass::model::severity::Severity;
use hallpass::model::text::Device;
use hallpass::model::time::Span;

use super::binding::{BindingFlags, EncodingFlags};
use super::input::{Input, one_of};
use super::path::path;
use super::sink::SinkFlags;

/// Demonstrate hallpass on a temporary store
///
/// Each step is shown as the command to type and its output. Your own store and settings are not
/// touched.
#[derive(Debug, Args)]
#[command(after_help = after!("hallpass demo", "hallpass demo --keep /tmp/hallpass-demo"))]
pub(crate) struct Demo {
    /// Keep the store in this new folder instead of deleting it
    #[arg(long, value_name = "DIR")]
    #[arg(value_parser = path())]
    pub(crate) keep: Option<PathBuf>,
}

/// Create the store
///
/// At a terminal it asks for a passphrase twice, and shows a recovery code once. With
/// `--new-key-file` it asks nothing: the key is written to the file, and the settings record its
/// path.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass init",
    "hallpass init --new-key-file ~/.config/hallpass/keys/store.key --no-recovery",
    "hallpass init --passphrase-file secret.txt --recovery-file recovery.txt";
    "2" "not at a terminal: no key, or neither `--recovery-file` nor `--no-recovery`",
    "4" "the store, or a file to be written, exists already"
))]
pub(crate) struct Init {
    /// Create a key file instead of a passphrase; an existing file is never overwritten
    #[arg(long, value_name = "FILE")]
    #[arg(value_parser = path())]
    pub(crate) new_key_file: Option<PathBuf>,
    /// Write the recovery code to this new file instead of showing it
    #[arg(long, value_name = "FILE", conflicts_with = "no_recovery")]
    #[arg(value_parser = path())]
    pub(crate) recovery_file: Option<PathBuf>,
    /// Create no recovery code: if the key is lost, so is the store
    #[arg(long)]
    pub(crate) no_recovery: bool,
}

/// Report whether the store can be opened now, without ever asking
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass status", "hallpass status --output json";
    "0" "the store can be opened now",
    "3" "there is no store",
    "21" "it needs a key"
))]
pub(crate) struct Status {}

/// Keep the store unlocked for a while, so that the passphrase is typed once
///
/// The kernel keeps the unlocking secret for this user, in memory that is never swapped: every
/// terminal, script and cron job of the user finds it there. The passphrase itself is not kept. A
/// key given in another way takes precedence. Only giving or typing a key extends the time.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass unlock", "hallpass unlock --for 8h", "hallpass unlock --key-file /media/stick/store.key";
    "1" "the kernel cannot keep a key here, as in many containers",
    "6" "longer than 12h",
    "20" "wrong passphrase or key",
    "21" "no key available, and not at a terminal"
))]
pub(crate) struct Unlock {
    /// How long to keep it, at most 12h
    #[arg(long = "for", value_name = "DURATION", default_value = "15m")]
    pub(crate) lasts: Span,
}

/// Remove what `unlock` keeps, immediately
///
/// No key is needed. Other users and other stores are not affected.
#[derive(Debug, Args)]
#[command(after_help = after!("hallpass lock"; "0" "the store is locked, or was not unlocked"))]
pub(crate) struct Lock {}

/// Verify a token
///
/// Tells you whether a token is valid for this use and, if not, why. The token is read from
/// standard input or a file, never from an argument; at a terminal it is asked for. Only what you
/// pass is checked: without `--device`, the device that a token is bound to is not checked. With
/// `--explain`, every check is shown: what was expected and what was found.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass verify --token-file token.txt",
    "hallpass verify --token-file token.txt --connection ci --explain",
    "printf %s \"$T\" | hallpass verify --connection ci --ip 192.0.2.7 --output json";
    "0" "valid",
    "2" "standard input is empty",
    "3" "no such connection or environment",
    "10-17" "the verdict; see `hallpass --help`"
))]
pub(crate) struct Verify {
    /// Check that the token is valid for this connection
    #[arg(long, value_name = "CONNECTION")]
    pub(crate) connection: Option<ConnectionName>,
    /// Check that the token is valid in this environment
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(crate) environment: Option<EnvironmentName>,
    /// Check that the token is valid on this device
    #[arg(long, value_name = "DEVICE")]
    pub(crate) device: Option<Device>,
    /// Check that the token is valid from this address
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) ip: Option<IpAddr>,
    /// Read the token from a file (`-` for standard input, the default)
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<Input>,
    /// Show every check in order, also after the first that fails
    #[arg(long)]
    pub(crate) explain: bool,
}

/// Exchange a profile's password for a short-lived token, printed once
///
/// Standard output carries the token and nothing else. The token expires after an hour, or after
/// the token lifetime of its connection if that is shorter. At a terminal the password is asked
/// for; standard input is read for it only with `--password-file -`.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "T=$(hallpass login github)",
    "hallpass login github --for 8h --connection ci --device laptop",
    "hallpass login github --password-file secret.txt --output json";
    "2" "not at a terminal: no `--password-file`",
    "3" "no such connection or environment",
    "4" "the profile has a live token for this device already",
    "6" "the profile may not use the connection, or the lifetime is too long",
    "11" "wrong password, or no such profile",
    "14" "the profile is suspended",
    "22" "too many attempts; the message has the time to wait, or sign-in is locked",
    "43" "the file of `--to`, or a folder on its path, is writable by others; or the file holds \
         something other than a hallpass secret (`--overwrite`), or can never take one",
    "51" "the token could not be printed, so it is not valid"
))]
pub(crate) struct Login {
    /// Profile that signs in
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: ProfileName,
    /// Read the password from a file (`-` for standard input)
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<Input>,
    /// What it is bound to.
    #[command(flatten)]
    pub(crate) uses: BindingFlags,
    /// Lifetime of the token, at most 12h [default: 1h]
    #[arg(long = "for", value_name = "DURATION")]
    pub(crate) lasts: Option<Span>,
    /// How it is spelled.
    #[command(flatten)]
    pub(crate) spelling: EncodingFlags,
    /// Where the token goes.
    #[command(flatten)]
    pub(crate) sink: SinkFlags,
}

/// Report problems, most severe first, each with the command that fixes it
///
/// One finding per line: profiles without a restriction, tokens that never expire or are not used,
/// weak keys and the like; `docs/review.md` lists them all. Nothing is changed. With `--html` the
/// findings, profiles and tokens are also written as one page, to file or print.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass review",
    "hallpass review --fail-on high --output json",
    "hallpass review --html review.html";
    "4" "the file of `--html` exists",
    "7" "there are findings of that severity or higher"
))]
pub(crate) struct Review {
    /// Exit with 7 only for findings of this severity or higher
    #[arg(long, value_name = "SEVERITY", default_value = "low", value_parser = one_of([Severity::Low, Severity::Medium, Severity::High], Severity::word))]
    pub(crate) fail_on: Severity,
    /// Write the report as one page to this new file; an existing file is never overwritten
    #[arg(long, value_name = "FILE")]
    #[arg(value_parser = path())]
    pub(crate) html: Option<PathBuf>,
}

/// Print a shell completion script
///
/// It completes commands, options and, if the store can be opened without asking (with a key file,
/// or after `hallpass unlock`), the names in it. Completion never asks, writes or fails.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass completions bash > ~/.local/share/bash-completion/completions/hallpass",
    "hallpass completions zsh > ~/.zfunc/_hallpass",
    "hallpass completions fish > ~/.config/fish/completions/hallpass.fish"
))]
pub(crate) struct Completions {
    /// Shell to complete in
    pub(crate) shell: clap_complete::Shell,
}
