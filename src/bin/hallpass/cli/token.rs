//! `hallpass token`.

use std::str::FromStr;

use clap::{Args, Subcommand};
use hallpass::model::address::AddressRange;
use hallpass::model::invalid::Invalid;
use hallpass::model::name::{ProfileName, RequestId, TokenName};
use hallpass::model::text::FreeText;
use hallpass::model::time::{Expiry, Overlap, Span};
use hallpass::model::token::{Digest, TokenAddress, TokenState, looks_like_token};

use super::binding::{BindingFlags, EncodingFlags};
use super::input::{Input, one_of};
use super::sink::SinkFlags;

pub(crate) mod bulk;
pub(crate) mod selection;

use bulk::{Prune, Resume, Revoke, Suspend};
use selection::Picks;

/// Manage tokens: the secrets that applications present
///
/// A token is addressed as PROFILE/NAME or by its id, `hpass_` and 11 characters. A whole token is
/// never an argument: `--token-file -` reads it from standard input.
#[derive(Debug, Subcommand)]
#[command(after_help = after!(
    "T=$(hallpass token add github/laptop)",
    "hallpass token list github"
))]
pub(crate) enum TokenCommand {
    Add(Add),
    List(List),
    Show(Show),
    Revoke(Revoke),
    Suspend(Suspend),
    Resume(Resume),
    Identify(Identify),
    Rotate(Rotate),
    Ensure(Ensure),
    Prune(Prune),
}

/// Create a token and print it once
///
/// Standard output carries the token and nothing else; defaults that were applied are reported on
/// standard error. With `--to` the token is delivered elsewhere and nothing secret is printed. A
/// token that was not delivered is not valid. If a call was killed, repeat it unchanged: it
/// completes the delivery that it had begun.
///
/// With `--value-file` or `--sha256` an existing token of another system is imported, so nobody has
/// to be given a new one. Its text must be one line of 20 to 4,096 visible ASCII characters, with
/// at least 128 bits of entropy by its length and alphabet. With `--sha256` this cannot be checked.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "T=$(hallpass token add github/laptop)",
    "hallpass token add github/laptop --connection ci --expires 90d --device laptop",
    "hallpass token add github/laptop --expires never --form header",
    "hallpass token add github/deploy --to file:/etc/deploy/token",
    "hallpass token add github/deploy --to env:.env#API_TOKEN",
    "hallpass token add github/deploy --to 'command:gh secret set API_TOKEN' --sink-timeout 2m",
    "hallpass token add github/legacy --value-file old-token",
    "hallpass token add github/legacy --sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    "3" "no such profile, connection or environment",
    "4" "the profile has a live token of that name, or for that device and connection; or the \
         token of another system was imported already",
    "6" "the profile may not use the connection, or the lifetime is too long; or the imported token \
         could be guessed",
    "40" "another call is delivering a token of that name",
    "43" "the file of `--to`, or a folder on its path, is writable by others; or the file holds \
         something other than a hallpass secret (`--overwrite`), or can never take one",
    "51" "the token was not delivered, so it is not valid"
))]
pub(crate) struct Add {
    /// What is made.
    #[command(flatten)]
    pub(crate) what: NewTokenFlags,
    /// Import an existing token from a file instead of generating one (`-` for standard input)
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["sha256", "to", "sink_timeout", "form"]
    )]
    pub(crate) value_file: Option<Input>,
    /// Import an existing token by its SHA-256 instead of generating one
    #[arg(long, value_name = "HEX", conflicts_with_all = ["to", "sink_timeout", "form"])]
    pub(crate) sha256: Option<Digest>,
    /// Where it goes.
    #[command(flatten)]
    pub(crate) sink: SinkFlags,
}

/// Ensure that a file holds a valid token, and change nothing if it does
///
/// A token is created if there is none, and replaced if it expires too soon or its sink no longer
/// holds it; the old one then stays valid for the overlap. What was done is reported on standard
/// error. The sink must be readable: `file:PATH` or `env:PATH#KEY`.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass token ensure github/deploy --to env:.env#API_TOKEN",
    "hallpass token ensure github/deploy --to file:/etc/deploy/token --expires 90d --min-life 30d",
    "hallpass token ensure github/deploy --to file:/etc/deploy/token --dry-run";
    "3" "no such profile, connection or environment",
    "4" "the name is taken by a token with different bindings",
    "6" "a rule forbids a new token, or its lifetime would be shorter than `--min-life`",
    "40" "another call is delivering a token of that name",
    "43" "the file of `--to`, or a folder on its path, is writable by others; or the file holds \
         something other than a hallpass secret (`--overwrite`), or can never take one",
    "51" "the new token was not delivered, so it is not valid; an old one is unchanged"
))]
pub(crate) struct Ensure {
    /// What is to be there.
    #[command(flatten)]
    pub(crate) what: NewTokenFlags,
    /// Replace a token that expires within this time
    #[arg(long, value_name = "DURATION", default_value = "14d")]
    pub(crate) min_life: Span,
    /// Keep a replaced token valid for this long, or `0`
    #[arg(long, value_name = "DURATION", default_value = "24h")]
    pub(crate) overlap: Overlap,
    /// Where it is to be.
    #[command(flatten)]
    pub(crate) sink: SinkFlags,
    /// Show what would be created or replaced, without changing anything
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// What a new token is to be.
#[derive(Debug, Args)]
pub(crate) struct NewTokenFlags {
    /// Profile and name of the token
    #[arg(value_name = "PROFILE/NAME")]
    pub(crate) token: NewToken,
    /// What it is bound to.
    #[command(flatten)]
    pub(crate) uses: BindingFlags,
    /// Expiry: a duration, a date or `never` [default: the connection's lifetime, or 1y]
    #[arg(long, value_name = "WHEN")]
    pub(crate) expires: Option<Expiry>,
    /// Allow only addresses in this range; may be repeated
    #[arg(long, value_name = "CIDR")]
    pub(crate) allow_ip: Vec<AddressRange>,
    /// How it is spelled.
    #[command(flatten)]
    pub(crate) spelling: EncodingFlags,
}

/// List tokens that are not revoked or expired
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass token list github", "hallpass token list --all --output json",
    "hallpass token list --unused-for 90d", "hallpass token list --expiring-in 14d",
    "hallpass token list --state suspended",
    "hallpass token list --environment test --issued-before 2026-01-01";
    "3" "no such profile, connection or environment"
))]
pub(crate) struct List {
    /// Only tokens of this profile
    #[arg(value_name = "PROFILE", conflicts_with = "of")]
    pub(crate) profile: Option<ProfileName>,
    /// Only tokens of this profile; same as PROFILE, for symmetry with `token revoke`
    #[arg(long = "profile", value_name = "PROFILE")]
    pub(crate) of: Option<ProfileName>,
    /// Include revoked and expired tokens
    #[arg(long, conflicts_with = "expired")]
    pub(crate) all: bool,
    /// Only expired tokens
    #[arg(long)]
    pub(crate) expired: bool,
    /// Only tokens in this state
    #[arg(long, value_name = "STATE", conflicts_with_all = ["all", "expired"])]
    #[arg(value_parser = one_of(TokenState::ALL, TokenState::word))]
    pub(crate) state: Option<TokenState>,
    /// Which.
    #[command(flatten)]
    pub(crate) picks: Picks,
    /// Only tokens that expire within this time
    #[arg(long, value_name = "DURATION")]
    pub(crate) expiring_in: Option<Span>,
}

/// Show a token: everything but its secret
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass token show github/laptop", "printf %s \"$T\" | hallpass token show --token-file -";
    "3" "no such token"
))]
pub(crate) struct Show {
    /// Which.
    #[command(flatten)]
    pub(crate) which: TokenArgument,
}

/// Find tokens in text or files, and report whose they are
///
/// Tokens are found by format and checksum, without the store's key. If a key is available without
/// asking, each token is looked up in the store, which reports its profile and state. Folders are
/// searched recursively, including hidden files, but not git object files, binary files or the
/// targets of symbolic links. No token is printed, only its id and position. Without `--path`,
/// standard input is read to its end; at a terminal, type or paste the text and press Ctrl-D.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass token identify --path .",
    "git log -p --all | hallpass token identify",
    "hallpass token identify --path /var/log/ci --path build.log --output json",
    "hallpass token identify --path . --revoke --reason 'found in a repository' --yes";
    "0" "no token was found",
    "1" "no token was found, but something could not be read",
    "2" "standard input is empty",
    "3" "no such file or folder",
    "5" "`--revoke` was not confirmed",
    "7" "tokens were found"
))]
pub(crate) struct Identify {
    /// File or folder to search (`-` for standard input, the default); may be repeated
    #[arg(long, value_name = "PATH")]
    pub(crate) path: Vec<Input>,
    /// Revoke the live tokens that were found, after confirmation
    #[arg(long)]
    pub(crate) revoke: bool,
    /// Reason, shown by `token show`
    #[arg(long, value_name = "TEXT", requires = "revoke")]
    pub(crate) reason: Option<FreeText>,
    /// Show what would be revoked, without changing anything
    #[arg(long, visible_alias = "plan", requires = "revoke")]
    pub(crate) dry_run: bool,
}

/// Replace a token: a new one with the same bindings takes its name
///
/// The old token stays valid for the overlap, but not beyond its own expiry; `token show` reports
/// whether it is still used. If the new token is not delivered, the old one is unchanged.
///
/// `PROFILE/NAME` is the token that has the name now, so repeating the call replaces the new token,
/// too. For a call that may be repeated, by a timer or after an interruption, give a
/// `--request-id`: a repetition then creates nothing.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "T=$(hallpass token rotate github/laptop)",
    "hallpass token rotate github/deploy --to env:.env#API_TOKEN --overlap 7d",
    "hallpass token rotate github/laptop --overlap 0 --to file:token",
    "hallpass token rotate github/deploy --request-id 2026-11 --to file:token";
    "3" "no such token",
    "4" "it was replaced already, or the request was completed already",
    "6" "it is suspended, revoked or expired, or the rules forbid a new token",
    "40" "another call is delivering its successor",
    "43" "the file of `--to`, or a folder on its path, is writable by others; or the file holds \
         something other than a hallpass secret (`--overwrite`), or can never take one",
    "51" "the new token was not delivered, so it is not valid; the old one is unchanged"
))]
pub(crate) struct Rotate {
    /// Which.
    #[command(flatten)]
    pub(crate) which: TokenArgument,
    /// Keep the old token valid for this long, or `0`
    #[arg(long, value_name = "DURATION", default_value = "24h")]
    pub(crate) overlap: Overlap,
    /// Expiry of the new token: a duration, a date or `never` [default: the lifetime of the old
    /// token, from now]
    #[arg(long, value_name = "WHEN")]
    pub(crate) expires: Option<Expiry>,
    /// How it is spelled.
    #[command(flatten)]
    pub(crate) spelling: EncodingFlags,
    /// Id of this request: repeating it creates no other token
    #[arg(long, value_name = "ID")]
    pub(crate) request_id: Option<RequestId>,
    /// Where the new one goes.
    #[command(flatten)]
    pub(crate) sink: SinkFlags,
}

/// One token, by address or by itself.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct TokenArgument {
    /// Token: PROFILE/NAME or an id
    #[arg(value_name = "TOKEN")]
    pub(crate) token: Option<TokenAddress>,
    /// Read the token itself from a file (`-` for standard input)
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<Input>,
}

/// Where a new token will be: a name, never an id.
#[derive(Debug, Clone)]
pub(crate) struct NewToken {
    /// Whose.
    pub(crate) profile: ProfileName,
    /// Its name.
    pub(crate) name: TokenName,
}

impl FromStr for NewToken {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if looks_like_token(text) {
            return Err(Invalid::new(
                "PROFILE/NAME",
                "this is a whole token, which is a secret",
            ));
        }
        match text.parse()? {
            TokenAddress::Named { profile, name } => Ok(Self { profile, name }),
            TokenAddress::Id(_) => Err(Invalid::new(
                "PROFILE/NAME",
                "hallpass assigns ids; give the token a name",
            )),
        }
    }
}
