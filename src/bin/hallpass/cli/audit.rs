//! `hallpass audit`.

use clap::{Args, Subcommand};
use hallpass::model::audit::LogHead;
use hallpass::model::name::ConnectionName;
use hallpass::model::time::Since;
use hallpass::model::token::TokenAddress;
use hallpass::ops::audit::{ActionFilter, ProfileRef};

/// Read the audit log: who changed what, before and after
///
/// Each change and its entry are written in the same transaction. The entries form a chain whose
/// head the store keeps: an entry that is dropped, moved, edited or cut off is detected.
#[derive(Debug, Subcommand)]
#[command(after_help = after!(
    "hallpass audit list --since 7d",
    "hallpass audit verify"
))]
pub(crate) enum AuditCommand {
    List(List),
    Verify(Verify),
    Head(Head),
    Export(Export),
}

/// List log entries, newest last
///
/// On a terminal, a table shows the last 50 unless `--since`, `--limit` or `--all` is given; other
/// output shows all of them. Each entry shown was sealed by this store at its position, and none is
/// missing up to the newest. A list that starts later (`--since`, `--limit`) proves only these
/// seals and sequence numbers; one that starts with the first entry also proves the chain, as
/// `hallpass audit verify` always does.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass audit list",
    "hallpass audit list --profile github --since 7d",
    "hallpass audit list --token github/laptop --output json",
    "hallpass audit list --action token.revoke --since 2026-01-01 --until 2026-04-01",
    "hallpass audit list --follow";
    "3" "no such profile, connection or token of that name",
    "30" "the log is damaged",
    "130" "`--follow` was interrupted"
))]
pub(crate) struct List {
    /// Only entries about this profile and its tokens; a deleted profile by the id in its entries
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<ProfileRef>,
    /// Only entries about this token: PROFILE/NAME, or any token's id
    #[arg(long, value_name = "TOKEN")]
    pub(crate) token: Option<TokenAddress>,
    /// Only entries about this connection, or naming it
    #[arg(long, value_name = "CONNECTION")]
    pub(crate) connection: Option<ConnectionName>,
    /// Only this action, or all actions on one kind of object: `token.revoke`, `token`
    #[arg(long, value_name = "ACTION")]
    pub(crate) action: Option<ActionFilter>,
    /// Only entries since this: a duration back from now, or a date
    #[arg(long, value_name = "WHEN")]
    pub(crate) since: Option<Since>,
    /// Only entries before this: a duration back from now, or a date
    #[arg(long, value_name = "WHEN", conflicts_with = "follow")]
    pub(crate) until: Option<Since>,
    /// Show this many of the newest entries
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: Option<u64>,
    /// Show all entries, on a terminal too
    #[arg(long, conflicts_with = "limit")]
    pub(crate) all: bool,
    /// Keep running and show new entries as they are written; starts with the last 10
    #[arg(long)]
    pub(crate) follow: bool,
}

/// Verify the whole log: every entry, their order, their number and the head
///
/// It is compared with this machine's anchor and, with `--head`, with heads recorded elsewhere
/// earlier.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass audit verify",
    "hallpass audit verify --head \
     12:4f2a9d60c1b8e7354f2a9d60c1b8e7354f2a9d60c1b8e7354f2a9d60c1b8e735";
    "6" "the entries that a head covers were pruned",
    "30" "something was dropped, moved, edited or added",
    "31" "the log ends before the entry of a head",
    "32" "the log is not the one that a head was taken from"
))]
pub(crate) struct Verify {
    /// Head that `hallpass audit head` printed earlier; may be repeated
    #[arg(long, value_name = "SEQ:HEAD")]
    pub(crate) head: Vec<LogHead>,
}

/// Print the head of the log, to be recorded outside the store
///
/// It covers every entry up to now and is not secret. Recorded elsewhere, it later proves that none
/// of these entries was changed: `hallpass audit verify --head`.
#[derive(Debug, Args)]
#[command(after_help = after!("hallpass audit head", "hallpass audit head --output json"))]
pub(crate) struct Head {}

/// Print the whole log as JSON lines, oldest entry first
///
/// The chain is verified along the way. If the log is damaged, the exit code is 30, and what was
/// printed before must not be relied on.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass audit export > audit.jsonl",
    "hallpass audit export --output csv > audit.csv";
    "30" "the log is damaged"
))]
pub(crate) struct Export {}
