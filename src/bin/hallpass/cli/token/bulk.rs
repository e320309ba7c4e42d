//! What is done to one token, or to many at once.

use clap::Args;
use hallpass::model::text::FreeText;
use hallpass::model::time::Span;

use super::super::suspension::SuspensionFlags;
use super::selection::{Chosen, group};

/// Revoke tokens for good
///
/// All of them in one transaction, or none. Of the tokens that are named, or of all that are not
/// revoked or expired, those are revoked that every option is true of. What will stop working is shown
/// before it happens; no token that was not shown is touched.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass token revoke github/laptop --reason 'laptop lost'",
    "hallpass token revoke github/laptop github/phone --yes",
    "hallpass token revoke --connection ci --issued-before 2026-11-24 --dry-run",
    "hallpass token revoke --unused-for 90d --reason unused --yes",
    "hallpass token list github -o jsonl | jq -r .id | hallpass token revoke - --yes",
    "printf %s \"$T\" | hallpass token revoke --token-file - --yes";
    "3" "no such token, profile, connection or environment; none was revoked",
    "5" "not confirmed"
))]
#[command(group = group().arg("expired"))]
pub(crate) struct Revoke {
    /// Which.
    #[command(flatten)]
    pub(crate) chosen: Chosen,
    /// Only expired ones
    #[arg(long)]
    pub(crate) expired: bool,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<FreeText>,
    /// List the tokens that would be revoked and change nothing
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Suspend tokens: they are not valid until they are resumed
///
/// All of them in one transaction, or none. Of the tokens that are named, or of all that are not
/// revoked or expired, those are suspended that every option is true of. What has ended cannot be
/// suspended: of those that are named, one that is revoked or expired is refused. More than one is
/// confirmed first.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass token suspend github/laptop --reason 'on holiday' --until 8w",
    "hallpass token suspend --profile github --dry-run",
    "hallpass token suspend --issued-after 2d --reason 'under investigation' --yes";
    "3" "no such token, profile, connection or environment; none was suspended",
    "5" "not confirmed",
    "6" "one of those that are named is revoked or expired"
))]
#[command(group = group())]
pub(crate) struct Suspend {
    /// Which.
    #[command(flatten)]
    pub(crate) chosen: Chosen,
    /// Why, and until when.
    #[command(flatten)]
    pub(crate) suspension: SuspensionFlags,
    /// List the tokens that would be suspended and change nothing
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Resume suspended tokens
///
/// All of them in one transaction, or none. Of the tokens that are named, or of all that are
/// suspended, those are resumed that every option is true of. More than one is confirmed first.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass token resume github/laptop",
    "hallpass token resume --profile github --dry-run";
    "3" "no such token, profile, connection or environment; none was resumed",
    "5" "not confirmed",
    "6" "one of those that are named is revoked or expired"
))]
#[command(group = group())]
pub(crate) struct Resume {
    /// Which.
    #[command(flatten)]
    pub(crate) chosen: Chosen,
    /// List the tokens that would be resumed and change nothing
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Forget tokens that ended long ago
///
/// What is kept of revoked and expired tokens, and of those of deleted profiles, is removed for good:
/// `verify` no longer says that they are revoked, but that they are unknown. All in one transaction,
/// or nothing. Of the tokens that are named, or of all, those are removed that every option is true
/// of; never one that is live. The audit log keeps what it has of them.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass token prune --older-than 30d --dry-run",
    "hallpass token prune --older-than 1y --expired --yes",
    "hallpass token prune --older-than 30d --profile github --yes";
    "3" "no such token, profile, connection or environment; none was removed",
    "5" "not confirmed"
))]
pub(crate) struct Prune {
    /// Those that were revoked, or ended by themselves, this long ago
    #[arg(long, value_name = "DURATION")]
    pub(crate) older_than: Span,
    /// Which.
    #[command(flatten)]
    pub(crate) chosen: Chosen,
    /// Only expired ones
    #[arg(long)]
    pub(crate) expired: bool,
    /// List the tokens that would be removed and change nothing
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}
