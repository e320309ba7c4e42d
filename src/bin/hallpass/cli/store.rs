//! `hallpass store`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};

use super::input::Input;
use super::path::path;

/// Manage the store itself
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
    Copy(Copy),
    Accept(Accept),
    #[cfg(feature = "postgres")]
    Schema(Schema),
    #[command(subcommand)]
    Key(KeyCommand),
}

/// Show the store's format, size, counts, keys and anchor
#[derive(Debug, Args)]
#[command(after_help = after!("hallpass store info", "hallpass store info --output json"))]
pub(crate) struct Info {}

/// Check every row, checksum and log entry of the store
#[derive(Debug, Args)]
#[command(after_help = after!("hallpass store check"; "30" "the store is damaged"))]
pub(crate) struct Check {}

/// Write a verified copy of the store to a new file
///
/// The copy is sealed like the store and opens with the same keys.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass store backup /mnt/backup/hallpass.db";
    "4" "the file exists"
))]
pub(crate) struct Backup {
    /// File to create; an existing file is never overwritten
    #[arg(value_name = "FILE")]
    #[arg(value_parser = path())]
    pub(crate) file: PathBuf,
}

/// Replace the store by a backup
///
/// Whatever this machine or the replaced store knows to have been revoked, deleted, suspended,
/// blocked, replaced or restricted since the backup stays so, and a password that was changed since
/// is removed. What neither knows is listed before the confirmation.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass store restore /mnt/backup/hallpass.db --dry-run",
    "hallpass store restore /mnt/backup/hallpass.db --yes";
    "3" "no such file",
    "5" "not confirmed",
    "30" "the backup is damaged"
))]
pub(crate) struct Restore {
    /// Backup file
    #[arg(value_name = "FILE")]
    #[arg(value_parser = path())]
    pub(crate) file: PathBuf,
    /// Show what would change, without changing anything
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Copy the store to another place, and use it there from now on
///
/// Id, keys, records and audit log go over as they are, sealed; the copy is compared with the store
/// row by row. Then the store refuses and names the copy, which every machine that knows the store
/// follows by itself. A command that was interrupted is repeated as it was.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass store copy --to /srv/hallpass/store.db --dry-run",
    "hallpass store copy --from store.db --to /srv/hallpass/store.db --yes";
    "4" "there is a store already",
    "5" "not confirmed",
    "6" "the store was changed after its copy was finished",
    "30" "the store is damaged"
))]
pub(crate) struct Copy {
    /// Copy this store instead of the one that `--store` or the settings name
    #[arg(long, value_name = "PLACE")]
    #[arg(value_parser = path())]
    pub(crate) from: Option<PathBuf>,
    /// Where to: nothing yet, or what an interrupted copy has left
    #[arg(long, value_name = "PLACE")]
    #[arg(value_parser = path())]
    pub(crate) to: PathBuf,
    /// Leave the store as it is: two stores then have the same tokens, and what is revoked in one
    /// stays valid in the other
    #[arg(long)]
    pub(crate) keep_source: bool,
    /// Show what would be copied, without changing anything
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Print the SQL that prepares a database for a store, or run it
///
/// It creates the tables in the schema that `--store` names, and lets a role use them that can neither
/// alter nor drop them, nor change the audit log: the one that `--store` names for all other commands. Run
/// it as whoever owns the database. The role must exist (`CREATE ROLE app LOGIN`). It needs neither a
/// key nor a store, and creates none: `hallpass init` does.
#[cfg(feature = "postgres")]
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass store schema --store postgres://db.example.org/hallpass --role app > schema.sql",
    "hallpass store schema --store postgres://owner@db.example.org/hallpass --role app --run";
    "3" "there is no such database, or role",
    "4" "the tables exist"
))]
pub(crate) struct Schema {
    /// Role that hallpass will have
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: String,
    /// Also let the role remove old entries of the audit log, as `audit prune` does
    #[arg(long)]
    pub(crate) allow_prune: bool,
    /// Run the SQL, in one transaction, as the role that `--store` names
    #[arg(long)]
    pub(crate) run: bool,
}

/// Accept a store that was refused as rolled back, forked, moved, or ahead of the clock
///
/// Only do this if you know the cause: an attacker who restores an old copy looks the same. It is
/// logged. Whatever this machine knows to have expired, or to have been revoked or restricted
/// since, stays so; what it cannot know is listed before the confirmation. If several machines use
/// the store, accept it on the one with the highest `anchored_epoch` (`hallpass status`): the others
/// follow by themselves.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass store accept --rollback --dry-run", "hallpass store accept --clock --yes";
    "5" "not confirmed",
    "6" "there is nothing of this kind to accept"
))]
#[command(group = ArgGroup::new("finding").required(true).args(["rollback", "fork", "clock", "moved"]))]
#[expect(clippy::struct_excessive_bools, reason = "clap allows one of the four")]
pub(crate) struct Accept {
    /// The store is older than this machine has seen it
    #[arg(long)]
    pub(crate) rollback: bool,
    /// The store's history differs from what this machine has seen, or its anchor is missing
    #[arg(long)]
    pub(crate) fork: bool,
    /// The clock is behind the store's last change
    #[arg(long)]
    pub(crate) clock: bool,
    /// The store was moved to another place by `store copy`, and is to be used again here
    #[arg(long)]
    pub(crate) moved: bool,
    /// Show what would be accepted, without changing anything
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

/// Add a key that opens the store: a passphrase, or by option a key file or a recovery code
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass store key add",
    "hallpass store key add --new-key-file /etc/hallpass/store.key",
    "hallpass store key add --recovery-file recovery.txt";
    "4" "the file exists",
    "6" "the store has the maximum number of keys"
))]
#[command(group = ArgGroup::new("kind").args(KINDS))]
#[expect(clippy::struct_field_names, reason = "as the options are called")]
pub(crate) struct KeyAdd {
    /// Create a key file; an existing file is never overwritten
    #[arg(long, value_name = "FILE")]
    #[arg(value_parser = path())]
    pub(crate) new_key_file: Option<PathBuf>,
    /// Read the new passphrase from a file (`-` for standard input) instead of asking
    #[arg(long, value_name = "FILE")]
    pub(crate) new_passphrase_file: Option<Input>,
    /// Create a recovery code and write it to this new file
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
    /// Id of the key, as `store key list` shows it
    #[arg(value_name = "KEY")]
    pub(crate) slot: String,
    /// Show what would stop working, without changing anything
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}
