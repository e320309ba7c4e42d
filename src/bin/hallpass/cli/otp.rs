//! `hallpass otp`.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use clap::{Args, Subcommand};
use hallpass::model::name::ProfileName;
use hallpass::model::otp::CodeState;
use hallpass::model::text::Device;
use hallpass::secret::SecretText;

use super::binding::{CodeFor, EncodingFlags};
use super::input::one_of;
use super::sink::SinkFlags;

/// Manage verification codes: mailed, and exchanged once for a token
///
/// An application requests a code, its user receives it by mail, and the application exchanges it
/// for a token that is bound to profile, connection, environment and device. At most one code is
/// pending for each profile, connection and environment. It is valid for ten minutes and five
/// attempts.
#[derive(Debug, Subcommand)]
#[command(after_help = after!(
    "hallpass otp request anna --connection hr",
    "hallpass otp validate anna --connection hr",
    "hallpass otp list"
))]
pub(crate) enum OtpCommand {
    Request(Request),
    Validate(Validate),
    List(List),
    Cancel(Cancel),
}

/// Mail a verification code to a profile
///
/// The profile must be active, have an e-mail address, be a member of the connection's group if it
/// has one, and be allowed to use the connection; mail must be configured. A new code replaces the
/// previous one. Limits per code: one a minute, five an hour, twenty a day. Limits per address,
/// across profiles and codes: one every ten seconds, ten an hour, forty a day. If it is unknown
/// whether the message arrived, there is a warning; the code is valid, and the message is not sent
/// again.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass otp request anna --connection hr",
    "hallpass otp request anna --connection hr --environment test --device phone",
    "C=$(hallpass otp request anna --connection hr --print-code)";
    "1" "the message cannot be sent, so there is no code",
    "3" "no such profile, connection or environment",
    "6" "a condition is not met; the message names it",
    "22" "too many codes or attempts; the message has the time to wait",
    "45" "the clock is behind the store's last change",
    "51" "the code could not be printed, so it is not valid"
))]
pub(crate) struct Request {
    /// What it is for.
    #[command(flatten)]
    pub(crate) code_for: CodeFor,
    /// Device that the token will be bound to, and named after
    #[arg(long, value_name = "DEVICE")]
    pub(crate) device: Option<Device>,
    /// Also print the code, for testing
    #[arg(long)]
    pub(crate) print_code: bool,
}

/// Exchange a verification code for a token, and print it once
///
/// The code is read from standard input, or asked for at a terminal. Spaces and dashes in it are
/// ignored. A correct code works once, even with concurrent attempts.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass otp validate anna --connection hr",
    "T=$(hallpass otp validate anna --connection hr 12345678)",
    "hallpass otp validate anna --connection hr --form header";
    "2" "standard input is empty; no attempt was spent",
    "3" "no such profile, connection or environment",
    "6" "the token is not allowed; the code is unchanged",
    "10" "not eight digits; no attempt was spent",
    "11" "the code is wrong, or there is none",
    "12" "the code was used or cancelled, or had too many attempts",
    "13" "the code has expired",
    "22" "too many attempts; the message has the time to wait",
    "43" "the file of `--to`, or a folder on its path, is writable by others; or the file holds \
         something other than a hallpass secret (`--overwrite`), or can never take one",
    "45" "the clock is behind the store's last change",
    "51" "the token could not be delivered; the code is unchanged"
))]
pub(crate) struct Validate {
    /// What it is for.
    #[command(flatten)]
    pub(crate) code_for: CodeFor,
    /// Verification code [default: read from standard input, or asked for]
    #[arg(value_name = "CODE")]
    pub(crate) code: Option<TypedCode>,
    /// How the token is spelled.
    #[command(flatten)]
    pub(crate) spelling: EncodingFlags,
    /// Where the token goes.
    #[command(flatten)]
    pub(crate) sink: SinkFlags,
}

/// List pending codes, and codes whose message was not sent
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass otp list",
    "hallpass otp list anna --all --output json",
    "hallpass otp list --state exhausted";
    "3" "no such profile"
))]
pub(crate) struct List {
    /// Only codes of this profile
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: Option<ProfileName>,
    /// Include codes that were used or expired within the last day
    #[arg(long)]
    pub(crate) all: bool,
    /// Only codes in this state, including past ones
    #[arg(long, value_name = "STATE", conflicts_with = "all")]
    #[arg(value_parser = one_of(CodeState::ALL, CodeState::word))]
    pub(crate) state: Option<CodeState>,
}

/// Cancel a pending code
///
/// A code whose token is being delivered at this moment stays used, whether or not the delivery
/// succeeds.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass otp cancel anna --connection hr";
    "3" "no such profile, connection or environment"
))]
pub(crate) struct Cancel {
    /// What it is for.
    #[command(flatten)]
    pub(crate) code_for: CodeFor,
    /// Show what would stop working, without changing anything
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// A code as it was typed, right or not: whether it is one is part of the answer.
#[derive(Clone)]
pub(crate) struct TypedCode(Arc<SecretText>);

impl TypedCode {
    /// The one door to the text.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl FromStr for TypedCode {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(Arc::new(SecretText::new(text.to_owned()))))
    }
}

impl fmt::Debug for TypedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypedCode(..)")
    }
}
