//! `hallpass audit`.

use clap::{Args, Subcommand};
use hallpass::model::audit::LogHead;
use hallpass::model::name::ConnectionName;
use hallpass::model::time::Since;
use hallpass::model::token::TokenAddress;
use hallpass::ops::audit::{ActionFilter, ProfileRef};

/// Read the audit log: who changed what, before and after
///
/// Each change has its entry, in the same transaction. The entries are a chain whose end the store
/// holds: none can be dropped, moved, edited or cut off without being noticed.
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

/// List entries of the log, the newest last
///
/// On a terminal, a table shows the last 50, unless `--since`, `--limit` or `--all` says otherwise;
/// everything else shows all of them. Each entry that is shown was sealed by this store in its
/// place, and none is missing up to the newest. A list that begins later (`--since`, `--limit`) proves
/// these seals and numbers and no more; one that begins with the first entry also proves the chain,
/// as `hallpass audit verify` always does.
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
    /// Only entries about this profile and its tokens; a deleted one by the id its entries show
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<ProfileRef>,
    /// Only entries about this token: PROFILE/NAME, or the id of any
    #[arg(long, value_name = "TOKEN")]
    pub(crate) token: Option<TokenAddress>,
    /// Only entries about this connection, or naming it
    #[arg(long, value_name = "CONNECTION")]
    pub(crate) connection: Option<ConnectionName>,
    /// Only this action, or those on one sort of thing: `token.revoke`, `token`
    #[arg(long, value_name = "ACTION")]
    pub(crate) action: Option<ActionFilter>,
    /// Only entries since then: a duration back from now, or a date
    #[arg(long, value_name = "WHEN")]
    pub(crate) since: Option<Since>,
    /// Only entries before then: a duration back from now, or a date
    #[arg(long, value_name = "WHEN", conflicts_with = "follow")]
    pub(crate) until: Option<Since>,
    /// Show this many of the newest
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: Option<u64>,
    /// Show all of them, on a terminal too
    #[arg(long, conflicts_with = "limit")]
    pub(crate) all: bool,
    /// Go on, showing new entries as they come; begins with the last 10
    #[arg(long)]
    pub(crate) follow: bool,
}

/// Prove the whole log: every entry, their order, their number and the end
///
/// It is compared with this machine's anchor and, with `--head`, with heads that were written down
/// elsewhere earlier.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass audit verify",
    "hallpass audit verify --head \
     12:4f2a9d60c1b8e7354f2a9d60c1b8e7354f2a9d60c1b8e7354f2a9d60c1b8e735";
    "6" "the entries that a head stands for were pruned",
    "30" "something was dropped, moved, edited or added",
    "31" "the log ends before the entry of a head",
    "32" "the log is not the one that a head was taken of"
))]
pub(crate) struct Verify {
    /// A head that `hallpass audit head` printed earlier; may be repeated
    #[arg(long, value_name = "SEQ:HEAD")]
    pub(crate) head: Vec<LogHead>,
}

/// Print the head of the log, for a witness outside
///
/// It stands for every entry up to now and is no secret. Written down elsewhere, it proves later
/// that none of them was changed: `hallpass audit verify --head`.
#[derive(Debug, Args)]
#[command(after_help = after!("hallpass audit head", "hallpass audit head --output json"))]
pub(crate) struct Head {}

/// Print the whole log as JSON lines, the oldest entry first
///
/// The chain is proven on the way. Damage ends it with 30; what was printed before is not to be
/// relied on then.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass audit export > audit.jsonl",
    "hallpass audit export --output csv > audit.csv";
    "30" "the log is damaged"
))]
pub(crate) struct Export {}
