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

/// Make a token and print it once
///
/// Standard output carries the token and nothing else; what was assumed is said on standard error.
/// With `--to` it goes elsewhere and nothing secret is printed. A token that was not delivered is
/// not valid. A call that was killed is repeated as it was: it finishes what its file holds.
///
/// With `--value-file` or `--sha256` a token of another system goes on being good, and nobody has to
/// be given a new one. Its text must be one line of 20 to 4,096 visible ASCII characters; by its length
/// and alphabet it must have 128 bits, which cannot be seen from a SHA-256.
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
    "6" "not allowed to use the connection, or to live that long; or the token of another system \
         could be guessed",
    "40" "a token of that name is being delivered by another call",
    "43" "the file of `--to`, or what leads to it, could be changed by others; or it holds something \
         that is not a secret of hallpass (`--overwrite`), or never takes one",
    "51" "the token was not delivered, so it is not valid"
))]
pub(crate) struct Add {
    /// What is made.
    #[command(flatten)]
    pub(crate) what: NewTokenFlags,
    /// Make none, but let one of another system be good that is in a file (`-` for standard input)
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["sha256", "to", "sink_timeout", "form"]
    )]
    pub(crate) value_file: Option<Input>,
    /// Make none, but let one of another system be good whose SHA-256 this is
    #[arg(long, value_name = "HEX", conflicts_with_all = ["to", "sink_timeout", "form"])]
    pub(crate) sha256: Option<Digest>,
    /// Where it goes.
    #[command(flatten)]
    pub(crate) sink: SinkFlags,
}

/// Make sure that a file holds a good token, and change nothing if it does
///
/// It is made where there is none, and replaced where it ends too soon or where its place has lost it;
/// then the old one stays valid for the overlap. What was done is said on standard error. The place
/// must be one that can be read: `file:PATH` or `env:PATH#KEY`.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass token ensure github/deploy --to env:.env#API_TOKEN",
    "hallpass token ensure github/deploy --to file:/etc/deploy/token --expires 90d --min-life 30d",
    "hallpass token ensure github/deploy --to file:/etc/deploy/token --dry-run";
    "3" "no such profile, connection or environment",
    "4" "the name is held by a token for other uses",
    "6" "a rule forbids a new one, or it would not live as long as `--min-life`",
    "40" "a token of that name is being delivered by another call",
    "43" "the file of `--to`, or what leads to it, could be changed by others; or it holds something \
         that is not a secret of hallpass (`--overwrite`), or never takes one",
    "51" "the new one was not delivered, so it is not valid; an old one is as it was"
))]
pub(crate) struct Ensure {
    /// What is to be there.
    #[command(flatten)]
    pub(crate) what: NewTokenFlags,
    /// Replace one that ends within this time
    #[arg(long, value_name = "DURATION", default_value = "14d")]
    pub(crate) min_life: Span,
    /// Let one that is replaced be valid for this long, or `0`
    #[arg(long, value_name = "DURATION", default_value = "24h")]
    pub(crate) overlap: Overlap,
    /// Where it is to be.
    #[command(flatten)]
    pub(crate) sink: SinkFlags,
    /// Show what would be made or replaced and change nothing
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// What a new token is to be.
#[derive(Debug, Args)]
pub(crate) struct NewTokenFlags {
    /// Whose it is and its name
    #[arg(value_name = "PROFILE/NAME")]
    pub(crate) token: NewToken,
    /// What it is bound to.
    #[command(flatten)]
    pub(crate) uses: BindingFlags,
    /// Let it end: after a duration, at a date, or `never` [default: the connection's
    /// lifetime, or 1y]
    #[arg(long, value_name = "WHEN")]
    pub(crate) expires: Option<Expiry>,
    /// Allow only addresses of this range; may be repeated
    #[arg(long, value_name = "CIDR")]
    pub(crate) allow_ip: Vec<AddressRange>,
    /// How it is spelled.
    #[command(flatten)]
    pub(crate) spelling: EncodingFlags,
}

/// List the tokens that are not revoked or expired
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass token list github", "hallpass token list --all --output json",
    "hallpass token list --unused-for 90d", "hallpass token list --expiring-in 14d",
    "hallpass token list --state suspended",
    "hallpass token list --environment test --issued-before 2026-01-01";
    "3" "no such profile, connection or environment"
))]
pub(crate) struct List {
    /// Only those of this profile
    #[arg(value_name = "PROFILE", conflicts_with = "of")]
    pub(crate) profile: Option<ProfileName>,
    /// Only those of this profile, as the commands that change tokens say it
    #[arg(long = "profile", value_name = "PROFILE")]
    pub(crate) of: Option<ProfileName>,
    /// Revoked and expired ones too
    #[arg(long, conflicts_with = "expired")]
    pub(crate) all: bool,
    /// Only expired ones
    #[arg(long)]
    pub(crate) expired: bool,
    /// Only those in this state
    #[arg(long, value_name = "STATE", conflicts_with_all = ["all", "expired"])]
    #[arg(value_parser = one_of(TokenState::ALL, TokenState::word))]
    pub(crate) state: Option<TokenState>,
    /// Which.
    #[command(flatten)]
    pub(crate) picks: Picks,
    /// Only those that end within this time
    #[arg(long, value_name = "DURATION")]
    pub(crate) expiring_in: Option<Span>,
}

/// Show one token: everything but its secret
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

/// Find tokens in text or files, and say whose they are
///
/// They are found by shape and checksum, without the store's key; with a key at hand, and without
/// ever asking for one, the store says whose each is and what state it is in. Folders are read with
/// all that is in them, hidden files too, but not the object files of git, binary files, and what
/// symbolic links lead to. No token is shown, only its id and where it stands. Without `--path`
/// standard input is read to its end; at a terminal, what is typed or pasted until Ctrl-D.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass token identify --path .",
    "git log -p --all | hallpass token identify",
    "hallpass token identify --path /var/log/ci --path build.log --output json",
    "hallpass token identify --path . --revoke --reason 'found in a repository' --yes";
    "0" "no token was found",
    "1" "none was found, but something could not be read",
    "2" "standard input is empty",
    "3" "no such file or folder",
    "5" "`--revoke` was not confirmed",
    "7" "tokens were found"
))]
pub(crate) struct Identify {
    /// Search this file or folder (`-` for standard input, as without it); may be repeated
    #[arg(long, value_name = "PATH")]
    pub(crate) path: Vec<Input>,
    /// Revoke those that are live, after a confirmation
    #[arg(long)]
    pub(crate) revoke: bool,
    /// Why they are revoked
    #[arg(long, value_name = "TEXT", requires = "revoke")]
    pub(crate) reason: Option<FreeText>,
    /// Show what would be revoked and change nothing
    #[arg(long, visible_alias = "plan", requires = "revoke")]
    pub(crate) dry_run: bool,
}

/// Replace a token: a new one for the same uses takes its name
///
/// The old one stays valid for the overlap, and no longer than its own end; `token show` tells whether
/// it is still used. A new one that was not delivered leaves the old one as it was.
///
/// `PROFILE/NAME` is whichever token has the name, so the same call once more replaces the new one, too.
/// One that is repeated, by a timer or after it was cut off, gets a `--request-id`: then it makes
/// nothing the second time.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "T=$(hallpass token rotate github/laptop)",
    "hallpass token rotate github/deploy --to env:.env#API_TOKEN --overlap 7d",
    "hallpass token rotate github/laptop --overlap 0 --to file:token",
    "hallpass token rotate github/deploy --request-id 2026-11 --to file:token";
    "3" "no such token",
    "4" "it was replaced already, or the request was answered already",
    "6" "it is suspended, revoked or expired, or the rules forbid a new one",
    "40" "its successor is being delivered by another call",
    "43" "the file of `--to`, or what leads to it, could be changed by others; or it holds something \
         that is not a secret of hallpass (`--overwrite`), or never takes one",
    "51" "the new one was not delivered, so it is not valid; the old one is as it was"
))]
pub(crate) struct Rotate {
    /// Which.
    #[command(flatten)]
    pub(crate) which: TokenArgument,
    /// Let the old one be valid for this long, or `0`
    #[arg(long, value_name = "DURATION", default_value = "24h")]
    pub(crate) overlap: Overlap,
    /// Let the new one end: after a duration, at a date, or `never` [default: after as long
    /// as the old one was to live]
    #[arg(long, value_name = "WHEN")]
    pub(crate) expires: Option<Expiry>,
    /// How it is spelled.
    #[command(flatten)]
    pub(crate) spelling: EncodingFlags,
    /// Call this request so: repeated, it makes no other token
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
    /// Which: PROFILE/NAME or an id
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
                "an id is given by hallpass; name the token",
            )),
        }
    }
}
