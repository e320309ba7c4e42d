//! `hallpass environment`.

use clap::{ArgGroup, Args, Subcommand};
use hallpass::model::name::EnvironmentName;
use hallpass::model::text::FreeText;

use super::input::Change;

/// Manage environments: the deployments that tokens are valid in
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

/// Add an environment
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass environment add test",
    "hallpass environment add test --description 'Nightly tests' --if-absent";
    "4" "the name is taken"
))]
pub(crate) struct Add {
    /// Name of the environment
    #[arg(value_name = "ENVIRONMENT")]
    pub(crate) name: EnvironmentName,
    /// Description
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<FreeText>,
    /// Succeed without changing anything if it exists already
    #[arg(long)]
    pub(crate) if_absent: bool,
}

/// List environments
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass environment list",
    "hallpass environment list --output json"
))]
pub(crate) struct List {}

/// Show an environment
#[derive(Debug, Args)]
#[command(after_help = after!("hallpass environment show production"; "3" "no such environment"))]
pub(crate) struct Show {
    /// Environment to show
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
    /// Environment to change
    #[arg(value_name = "ENVIRONMENT")]
    pub(crate) name: EnvironmentName,
    /// Description ('' to remove it)
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<Change<FreeText>>,
    /// Rename the environment
    #[arg(long, value_name = "NAME")]
    pub(crate) rename: Option<EnvironmentName>,
    /// Make it the default for tokens that name no environment
    #[arg(long)]
    pub(crate) default: bool,
    /// Show what would change or stop working, without changing anything
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Delete an environment that no live token is bound to
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass environment delete test --dry-run", "hallpass environment delete test --yes";
    "3" "no such environment",
    "5" "not confirmed",
    "6" "it is the default, or live tokens are bound to it"
))]
pub(crate) struct Delete {
    /// Environment to delete
    #[arg(value_name = "ENVIRONMENT")]
    pub(crate) name: EnvironmentName,
    /// Show what would stop working, without changing anything
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Replace the environment key of an environment
///
/// Applications send the key to identify the environment. Tokens are not affected.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass environment rotate-key test --yes";
    "3" "no such environment",
    "5" "not confirmed"
))]
pub(crate) struct RotateKey {
    /// Environment whose key to replace
    #[arg(value_name = "ENVIRONMENT")]
    pub(crate) name: EnvironmentName,
    /// Show what would stop working, without changing anything
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}
