//! `hallpass store`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};

use super::input::Input;
use super::path::path;

/// Look after the store itself
#[derive(Debug, Subcommand)]
#[command(after_help = after!(
    "hallpass store check",
    "hallpass store backup /mnt/backup/hallpass.db"
))]
pub(crate) enum StoreCommand {
    Info(Info),
    Check(Check),
    Backup(Backup),
    Restore(Restore),
    Accept(Accept),
    #[command(subcommand)]
    Key(KeyCommand),
}

/// Show what the store is: format, size, counts, keys, anchor
#[derive(Debug, Args)]
#[command(after_help = after!("hallpass store info", "hallpass store info --output json"))]
pub(crate) struct Info {}

/// Check every row, sum and log entry of the store
#[derive(Debug, Args)]
#[command(after_help = after!("hallpass store check"; "30" "something does not add up"))]
pub(crate) struct Check {}

/// Write a checked copy of the store to a new file
///
/// It is sealed as the store is and opens with the same keys.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass store backup /mnt/backup/hallpass.db";
    "4" "the file exists"
))]
pub(crate) struct Backup {
    /// The file to make; an existing one is never overwritten
    #[arg(value_name = "FILE")]
    #[arg(value_parser = path())]
    pub(crate) file: PathBuf,
}

/// Put a backup in the place of the store
///
/// What this machine, or the store that is replaced, knows to be revoked, deleted, suspended, blocked, replaced or restricted since the backup stays so, and a password that was changed since is cleared. What nobody knows is listed before you are asked.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass store restore /mnt/backup/hallpass.db --dry-run",
    "hallpass store restore /mnt/backup/hallpass.db --yes";
    "3" "no such file",
    "5" "not confirmed",
    "30" "the backup is damaged"
))]
pub(crate) struct Restore {
    /// The backup
    #[arg(value_name = "FILE")]
    #[arg(value_parser = path())]
    pub(crate) file: PathBuf,
    /// Show what would change and change nothing
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Go on with a store that was refused as rolled back, forked, or ahead of the clock
///
/// Only when you know why: an attacker who brings back an old copy looks the same. It is logged. What this machine knows to have ended or to be restricted since stays so; what it cannot know is listed before you are asked.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass store accept --rollback --dry-run", "hallpass store accept --clock --yes";
    "5" "not confirmed",
    "6" "there is nothing of the kind to accept"
))]
#[command(group = ArgGroup::new("finding").required(true).args(["rollback", "fork", "clock"]))]
#[expect(
    clippy::struct_excessive_bools,
    reason = "clap allows one of the three"
)]
pub(crate) struct Accept {
    /// The store is older than this machine has seen it
    #[arg(long)]
    pub(crate) rollback: bool,
    /// The store has another history than this machine has seen, or its anchor is missing
    #[arg(long)]
    pub(crate) fork: bool,
    /// The clock is behind the store's last change
    #[arg(long)]
    pub(crate) clock: bool,
    /// Show what would be accepted and change nothing
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Manage the keys that open the store
#[derive(Debug, Subcommand)]
#[command(after_help = after!(
    "hallpass store key list",
    "hallpass store key add --new-key-file /etc/hallpass/store.key"
))]
pub(crate) enum KeyCommand {
    List(KeyList),
    Add(KeyAdd),
    Remove(KeyRemove),
}

/// List the keys that open the store
#[derive(Debug, Args)]
#[command(after_help = after!("hallpass store key list"))]
pub(crate) struct KeyList {}

const KINDS: [&str; 3] = ["new_key_file", "new_passphrase_file", "recovery_file"];

/// Add a key that opens the store: a passphrase, or with options a key file or a recovery code
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass store key add",
    "hallpass store key add --new-key-file /etc/hallpass/store.key",
    "hallpass store key add --recovery-file recovery.txt";
    "4" "the file exists",
    "6" "there are as many keys as a store can have"
))]
#[command(group = ArgGroup::new("kind").args(KINDS))]
#[expect(clippy::struct_field_names, reason = "as the options are called")]
pub(crate) struct KeyAdd {
    /// Make a key file; an existing file is never overwritten
    #[arg(long, value_name = "FILE")]
    #[arg(value_parser = path())]
    pub(crate) new_key_file: Option<PathBuf>,
    /// Read the new passphrase from a file (`-` for standard input) instead of asking
    #[arg(long, value_name = "FILE")]
    pub(crate) new_passphrase_file: Option<Input>,
    /// Make a recovery code and write it to this new file
    #[arg(long, value_name = "FILE")]
    #[arg(value_parser = path())]
    pub(crate) recovery_file: Option<PathBuf>,
}

/// Remove a key
///
/// An old copy of the store still opens with it.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass store key remove 1f0c9a77b3e2d455 --yes";
    "3" "no such key",
    "5" "not confirmed",
    "6" "it is the last one, or the one that opened the store"
))]
pub(crate) struct KeyRemove {
    /// Which, by the id that `store key list` shows
    #[arg(value_name = "KEY")]
    pub(crate) slot: String,
    /// Show what would stop and change nothing
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}
