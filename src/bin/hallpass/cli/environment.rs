//! `hallpass environment`.

use clap::{ArgGroup, Args, Subcommand};
use hallpass::model::name::EnvironmentName;
use hallpass::model::text::FreeText;

use super::input::Change;

/// Manage environments: the deployments that tokens are good in
#[derive(Debug, Subcommand)]
#[command(after_help = after!(
    "hallpass environment list",
    "hallpass environment add test --description 'Nightly tests'"
))]
pub(crate) enum EnvironmentCommand {
    Add(Add),
    List(List),
    Show(Show),
    Edit(Edit),
    Delete(Delete),
    RotateKey(RotateKey),
}

/// Make an environment
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass environment add test",
    "hallpass environment add test --description 'Nightly tests' --if-absent";
    "4" "the name is taken"
))]
pub(crate) struct Add {
    /// Its name
    #[arg(value_name = "ENVIRONMENT")]
    pub(crate) name: EnvironmentName,
    /// What it is
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<FreeText>,
    /// Succeed if it is there already, changing nothing
    #[arg(long)]
    pub(crate) if_absent: bool,
}

/// List the environments
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass environment list",
    "hallpass environment list --output json"
))]
pub(crate) struct List {}

/// Show one environment
#[derive(Debug, Args)]
#[command(after_help = after!("hallpass environment show production"; "3" "no such environment"))]
pub(crate) struct Show {
    /// Which
    #[arg(value_name = "ENVIRONMENT")]
    pub(crate) name: EnvironmentName,
}

const CHANGES: [&str; 3] = ["description", "rename", "default"];

/// Change an environment
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass environment edit test --default",
    "hallpass environment edit test --rename acceptance --description ''";
    "3" "no such environment",
    "4" "the new name is taken"
))]
#[command(group = ArgGroup::new("change").required(true).multiple(true).args(CHANGES))]
pub(crate) struct Edit {
    /// Which
    #[arg(value_name = "ENVIRONMENT")]
    pub(crate) name: EnvironmentName,
    /// What it is ('' for nothing)
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<Change<FreeText>>,
    /// Give it another name
    #[arg(long, value_name = "NAME")]
    pub(crate) rename: Option<EnvironmentName>,
    /// Make it the environment of tokens that name none
    #[arg(long)]
    pub(crate) default: bool,
    /// Show what would change or stop and change nothing
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Delete an environment that no live token is for
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass environment delete test --dry-run", "hallpass environment delete test --yes";
    "3" "no such environment",
    "5" "not confirmed",
    "6" "it is the default, or live tokens are for it"
))]
pub(crate) struct Delete {
    /// Which
    #[arg(value_name = "ENVIRONMENT")]
    pub(crate) name: EnvironmentName,
    /// Show what would stop and change nothing
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Give an environment a new environment key
///
/// Applications carry the key to say which environment they mean. Tokens are not affected.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass environment rotate-key test --yes";
    "3" "no such environment",
    "5" "not confirmed"
))]
pub(crate) struct RotateKey {
    /// Which
    #[arg(value_name = "ENVIRONMENT")]
    pub(crate) name: EnvironmentName,
    /// Show what would stop and change nothing
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}
