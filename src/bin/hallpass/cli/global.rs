//! Options that hold for every command.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Deserialize;

use super::input::{Input, ShellCommand};
use super::path::{file, path};

const HEADING: &str = "Global options";
const DATABASE: &str = "A store in PostgreSQL";
const KEY: &str = "The key of the store, at most one";

/// Where things are, how results look, and whether questions are asked.
#[derive(Debug, Clone, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct Global {
    /// Use this store: a file, or `postgres://[USER@]HOST/DATABASE`
    #[arg(long, global = true, value_name = "PATH", help_heading = HEADING)]
    #[arg(value_parser = path())]
    pub(crate) store: Option<PathBuf>,
    /// Keep anchors in this folder
    #[arg(long, global = true, value_name = "DIR", help_heading = HEADING, hide_short_help = true)]
    #[arg(value_parser = path())]
    pub(crate) state_dir: Option<PathBuf>,
    /// Read settings from this file
    #[arg(long, global = true, value_name = "FILE", help_heading = HEADING, hide_short_help = true)]
    #[arg(value_parser = path())]
    pub(crate) config: Option<PathBuf>,
    /// Print results in this format
    #[arg(short, long, global = true, value_name = "FORMAT", help_heading = HEADING)]
    pub(crate) output: Option<Format>,
    /// Print only results, warnings and errors
    #[arg(short, long, global = true, help_heading = HEADING)]
    pub(crate) quiet: bool,
    /// Answer every confirmation with yes
    #[arg(short, long, global = true, help_heading = HEADING)]
    pub(crate) yes: bool,
    /// Never ask for input, even at a terminal
    #[arg(long, global = true, help_heading = HEADING)]
    pub(crate) no_input: bool,
    /// Colour the output
    #[arg(long, global = true, value_name = "WHEN", help_heading = HEADING, hide_short_help = true)]
    pub(crate) color: Option<Color>,
    /// Neither read nor write an anchor: an old copy of the store is not detected
    #[arg(long, global = true, help_heading = HEADING, hide_short_help = true)]
    pub(crate) no_anchor: bool,
    /// Refuse a store that this machine has no anchor for
    #[arg(long, global = true, conflicts_with = "no_anchor", help_heading = HEADING)]
    #[arg(hide_short_help = true)]
    pub(crate) require_anchor: bool,
    /// Accept a store on a network filesystem, where locks may not work
    #[arg(long, global = true, help_heading = HEADING, hide_short_help = true)]
    pub(crate) allow_network_fs: bool,
    /// The key.
    #[command(flatten)]
    pub(crate) key: KeyFlags,
    /// The database.
    #[command(flatten)]
    pub(crate) database: DatabaseFlags,
}

/// Where the key of the store comes from.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct KeyFlags {
    /// Open the store with this key file
    #[arg(long, global = true, value_name = "FILE", help_heading = KEY)]
    #[arg(value_parser = path())]
    pub(crate) key_file: Option<PathBuf>,
    /// Read the passphrase from a file (`-` for standard input)
    #[arg(long, global = true, value_name = "FILE", help_heading = KEY)]
    pub(crate) passphrase_file: Option<Input>,
    /// Read the passphrase from an open file descriptor, 3 or above
    #[arg(long, global = true, value_name = "N", help_heading = KEY, hide_short_help = true)]
    #[arg(value_parser = clap::value_parser!(u32).range(3..))]
    pub(crate) passphrase_fd: Option<u32>,
    /// Run a shell command that prints the passphrase, within 5 minutes; it may ask at the terminal
    #[arg(long, global = true, value_name = "CMD", help_heading = KEY, hide_short_help = true)]
    pub(crate) passphrase_command: Option<ShellCommand>,
    /// Accept a key file in the store's own folder, where copying the folder copies both
    #[arg(long, global = true, help_heading = KEY, hide_short_help = true)]
    pub(crate) allow_colocated_key: bool,
    /// Allow a passphrase to need more than half of the free memory
    #[arg(long, global = true, help_heading = KEY, hide_short_help = true)]
    pub(crate) kdf_allow_memory: bool,
}

/// How a database is connected to.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct DatabaseFlags {
    /// Read the password of the database's role from a file
    #[arg(long, global = true, value_name = "FILE", help_heading = DATABASE, hide_short_help = true)]
    #[arg(value_parser = file())]
    pub(crate) database_password_file: Option<PathBuf>,
    /// Accept an `sslmode` weaker than `verify-full` over TCP
    #[arg(long, global = true, help_heading = DATABASE, hide_short_help = true)]
    pub(crate) allow_insecure_database: bool,
    /// Accept a server that can lose what it has acknowledged (`fsync` off): for trials
    #[arg(long, global = true, help_heading = DATABASE, hide_short_help = true)]
    pub(crate) allow_unsafe_database: bool,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// Columns for people
    #[default]
    Table,
    /// One JSON document
    Json,
    /// One JSON object per line
    Jsonl,
    /// Comma-separated values with a header
    Csv,
}

impl Format {
    /// Whether errors are JSON too.
    pub(crate) fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Jsonl)
    }
}

/// When output is coloured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Color {
    /// On a terminal
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
