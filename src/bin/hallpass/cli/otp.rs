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
/// An application asks for a code, its user gets it by mail, and the application exchanges it for a
/// token that is bound to profile, connection, environment and device. At most one code is pending
/// for each profile, connection and environment. It lasts ten minutes and five tries.
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
/// has one, and be allowed to use the connection; mail must be set. A new code takes the place of
/// the one before: at most one a minute, five an hour, twenty a day. An address is mailed one every ten
/// seconds at most, ten an hour and forty a day, whoever has it and whatever is asked for. A mail that
/// may have arrived or not is a warning; its code is good, and it is not sent again.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass otp request anna --connection hr",
    "hallpass otp request anna --connection hr --environment test --device phone",
    "C=$(hallpass otp request anna --connection hr --print-code)";
    "1" "the mail cannot be sent, so there is no code",
    "3" "no such profile, connection or environment",
    "6" "a condition is not met; the message says which",
    "22" "too many codes or tries; the message says until when",
    "45" "the clock is behind the store's last change",
    "51" "the code could not be printed, so it is not good"
))]
pub(crate) struct Request {
    /// What it is for.
    #[command(flatten)]
    pub(crate) code_for: CodeFor,
    /// The device that the token will be for, and named after
    #[arg(long, value_name = "DEVICE")]
    pub(crate) device: Option<Device>,
    /// Print the code as well, for tests and trials
    #[arg(long)]
    pub(crate) print_code: bool,
}

/// Exchange a verification code for a token, and print it once
///
/// The code is read from standard input, or asked for at a terminal. Blanks and dashes in it do not
/// matter. A right code works once, whoever else tries it at the same time.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass otp validate anna --connection hr",
    "T=$(hallpass otp validate anna --connection hr 12345678)",
    "hallpass otp validate anna --connection hr --form header";
    "2" "standard input is empty; no attempt was spent",
    "3" "no such profile, connection or environment",
    "6" "the token is not allowed; the code stays as it is",
    "10" "not eight digits; no try was spent",
    "11" "the code is wrong, or there is none",
    "12" "the code was used, cancelled or tried too often",
    "13" "the code's time is over",
    "22" "too many tries; the message says until when",
    "43" "the file of `--to`, or what leads to it, could be changed by others; or it holds something \
         that is not a secret of hallpass (`--overwrite`), or never takes one",
    "45" "the clock is behind the store's last change",
    "51" "the token could not be delivered; the code stays as it is"
))]
pub(crate) struct Validate {
    /// What it is for.
    #[command(flatten)]
    pub(crate) code_for: CodeFor,
    /// The code [default: standard input, or a question]
    #[arg(value_name = "CODE")]
    pub(crate) code: Option<TypedCode>,
    /// How the token is spelled.
    #[command(flatten)]
    pub(crate) spelling: EncodingFlags,
    /// Where the token goes.
    #[command(flatten)]
    pub(crate) sink: SinkFlags,
}

/// List the codes that are pending, and those whose mail did not leave
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass otp list",
    "hallpass otp list anna --all --output json",
    "hallpass otp list --state exhausted";
    "3" "no such profile"
))]
pub(crate) struct List {
    /// Only those of this profile
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: Option<ProfileName>,
    /// Also those that ended within a day
    #[arg(long)]
    pub(crate) all: bool,
    /// Only those in this state, of all of them
    #[arg(long, value_name = "STATE", conflicts_with = "all")]
    #[arg(value_parser = one_of(CodeState::ALL, CodeState::word))]
    pub(crate) state: Option<CodeState>,
}

/// Take a pending code back
///
/// One whose token is being delivered at this moment stays used, whether or not that succeeds.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass otp cancel anna --connection hr";
    "3" "no such profile, connection or environment"
))]
pub(crate) struct Cancel {
    /// What it is for.
    #[command(flatten)]
    pub(crate) code_for: CodeFor,
    /// Show what would stop and change nothing
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
