//! Commands about everything at once: what there is to be, and what there is.

use clap::{Args, ValueEnum};

use super::input::Input;
use super::sink::Patience;

/// Bring about what a file declares: environments, connections, groups, profiles, tokens
///
/// All of it happens, or nothing: new tokens are brought to their places first, and only when each is
/// there one transaction makes them good, with everything else. What the file does not mention of a
/// thing stays as it is, and only the word `any` lifts a restriction; a second run changes nothing.
/// `docs/apply.md` says what can be declared, and `docs/apply.schema.json` says it to an editor.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass apply hallpass.toml --plan",
    "hallpass apply hallpass.toml",
    "hallpass apply hallpass.yaml --prune --yes",
    "hallpass export > hallpass.toml";
    "2" "the declaration is not what it should be; the message has the line",
    "3" "no such file, or something is named that is neither declared nor there",
    "5" "something would stop or be opened, and that was not confirmed",
    "6" "the rules forbid a part of it",
    "7" "with `--plan`: there is a difference",
    "40" "the store was changed meanwhile, or a token of that name is being delivered",
    "43" "the file, a sink, or what leads there could be changed by others; or a sink holds something \
         that is not a secret of hallpass (`--overwrite`), or never takes one",
    "51" "a secret could not be delivered, so nothing was changed"
))]
pub(crate) struct Apply {
    /// The declaration, in TOML or YAML (`-` for standard input)
    #[arg(value_name = "FILE")]
    pub(crate) file: Input,
    /// Show the difference and change nothing
    #[arg(long, visible_alias = "dry-run")]
    pub(crate) plan: bool,
    /// Remove what is not declared: environments, connections, profiles, tokens
    #[arg(long)]
    pub(crate) prune: bool,
    /// Read it as TOML or YAML [default: what its name or its look says]
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub(crate) format: Option<Language>,
    /// How long each delivery may take
    #[arg(
        long,
        value_name = "TIME",
        default_value = "60s",
        hide_short_help = true
    )]
    pub(crate) sink_timeout: Patience,
    /// Replace what is where a secret goes, also if it is not a secret of hallpass
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

/// Print what there is as a file that `apply` reads, never a secret
///
/// It is TOML, and with `--output json` JSON, which `apply` reads as well. The store is checked as a
/// whole first. Tokens are written without their places, which the store does not know.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass export > hallpass.toml",
    "hallpass export --output json > hallpass.json"
))]
pub(crate) struct Export {}
