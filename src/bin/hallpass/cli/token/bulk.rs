//! What is done to one token, or to many at once.

use clap::Args;
use hallpass::model::text::FreeText;
use hallpass::model::time::Span;

use super::super::suspension::SuspensionFlags;
use super::selection::{Chosen, group};

/// Revoke tokens permanently
///
/// All of them in one transaction, or none. Of the tokens named, or of all that are not revoked or
/// expired, those that match every option are revoked. What will stop working is shown first; only
/// tokens that were shown are revoked.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass token revoke github/laptop --reason 'laptop lost'",
    "hallpass token revoke github/laptop github/phone --yes",
    "hallpass token revoke --connection ci --issued-before 2026-11-24 --dry-run",
    "hallpass token revoke --unused-for 90d --reason unused --yes",
    "hallpass token list github -o jsonl | jq -r .id | hallpass token revoke - --yes",
    "printf %s \"$T\" | hallpass token revoke --token-file - --yes";
    "3" "no such token, profile, connection or environment; no token was revoked",
    "5" "not confirmed"
))]
#[command(group = group().arg("expired"))]
pub(crate) struct Revoke {
    /// Which.
    #[command(flatten)]
    pub(crate) chosen: Chosen,
    /// Only expired tokens
    #[arg(long)]
    pub(crate) expired: bool,
    /// Reason, shown by `token show`
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<FreeText>,
    /// List the tokens that would be revoked, without changing anything
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Suspend tokens: they are not valid until they are resumed
///
/// All of them in one transaction, or none. Of the tokens named, or of all that are not revoked or
/// expired, those that match every option are suspended. Naming a revoked or expired token is an
/// error. Suspending more than one must be confirmed.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass token suspend github/laptop --reason 'on holiday' --until 8w",
    "hallpass token suspend --profile github --dry-run",
    "hallpass token suspend --issued-after 2d --reason 'under investigation' --yes";
    "3" "no such token, profile, connection or environment; no token was suspended",
    "5" "not confirmed",
    "6" "one of the tokens named is revoked or expired"
))]
#[command(group = group())]
pub(crate) struct Suspend {
    /// Which.
    #[command(flatten)]
    pub(crate) chosen: Chosen,
    /// Why, and until when.
    #[command(flatten)]
    pub(crate) suspension: SuspensionFlags,
    /// List the tokens that would be suspended, without changing anything
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Resume suspended tokens
///
/// All of them in one transaction, or none. Of the tokens named, or of all that are suspended,
/// those that match every option are resumed. Resuming more than one must be confirmed.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass token resume github/laptop",
    "hallpass token resume --profile github --dry-run";
    "3" "no such token, profile, connection or environment; no token was resumed",
    "5" "not confirmed",
    "6" "one of the tokens named is revoked or expired"
))]
#[command(group = group())]
pub(crate) struct Resume {
    /// Which.
    #[command(flatten)]
    pub(crate) chosen: Chosen,
    /// List the tokens that would be resumed, without changing anything
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Remove the records of tokens that were revoked or expired long ago
///
/// The records of revoked and expired tokens, and of those of deleted profiles, are removed
/// permanently: afterwards `verify` reports these tokens as unknown instead of revoked. All of them
/// in one transaction, or none. Of the tokens named, or of all, those that match every option are
/// removed; never a live one. The audit log keeps its entries.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass token prune --older-than 30d --dry-run",
    "hallpass token prune --older-than 1y --expired --yes",
    "hallpass token prune --older-than 30d --profile github --yes";
    "3" "no such token, profile, connection or environment; no token was removed",
    "5" "not confirmed"
))]
pub(crate) struct Prune {
    /// Only tokens that were revoked or expired this long ago
    #[arg(long, value_name = "DURATION")]
    pub(crate) older_than: Span,
    /// Which.
    #[command(flatten)]
    pub(crate) chosen: Chosen,
    /// Only expired tokens
    #[arg(long)]
    pub(crate) expired: bool,
    /// List the tokens that would be removed, without changing anything
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}
