//! Commands about everything at once: what there is to be, and what there is.

use clap::{Args, ValueEnum};

use super::input::Input;
use super::sink::Patience;

/// Apply a declaration file: environments, connections, groups, profiles, tokens
///
/// All or nothing: new tokens are delivered first; once every one is delivered, one transaction
/// activates them together with all other changes. Anything that the file does not mention is kept,
/// and only the word `any` lifts a restriction; a second run changes nothing. `docs/apply.md`
/// documents the file, and `docs/apply.schema.json` is its schema for editors.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass apply hallpass.toml --plan",
    "hallpass apply hallpass.toml",
    "hallpass apply hallpass.yaml --prune --yes",
    "hallpass export > hallpass.toml";
    "2" "the declaration is not valid; the message has the line",
    "3" "no such file, or a name that is neither declared nor in the store",
    "5" "something would stop working or be newly allowed, and that was not confirmed",
    "6" "the rules forbid a part of it",
    "7" "with `--plan`: there are changes to apply",
    "40" "the store changed meanwhile, or another call is delivering a token of that name",
    "43" "the file, a sink, or a folder on their path is writable by others; or a sink holds something \
         other than a hallpass secret (`--overwrite`), or can never take one",
    "51" "a secret could not be delivered, so nothing was changed"
))]
pub(crate) struct Apply {
    /// Declaration file, in TOML or YAML (`-` for standard input)
    #[arg(value_name = "FILE")]
    pub(crate) file: Input,
    /// Show the changes without applying them
    #[arg(long, visible_alias = "dry-run")]
    pub(crate) plan: bool,
    /// Remove environments, connections, profiles and tokens that are not declared
    #[arg(long)]
    pub(crate) prune: bool,
    /// Read it as TOML or YAML [default: by its name or content]
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub(crate) format: Option<Language>,
    /// Time limit for each delivery
    #[arg(
        long,
        value_name = "TIME",
        default_value = "60s",
        hide_short_help = true
    )]
    pub(crate) sink_timeout: Patience,
    /// Replace what a sink holds, even if it is not a hallpass secret
    #[arg(long)]
    pub(crate) overwrite: bool,
}

/// What a declaration is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// TOML.
    Toml,
    /// YAML, which JSON is, too.
    Yaml,
}

/// Export the configuration as an `apply` file (no secrets)
///
/// The output is TOML, or JSON with `--output json`; `apply` reads both. The whole store is checked
/// first. Tokens are exported without their sinks, which the store does not record.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass export > hallpass.toml",
    "hallpass export --output json > hallpass.json"
))]
pub(crate) struct Export {}
