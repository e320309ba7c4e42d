//! `hallpass profile`.

use clap::{ArgGroup, Args, Subcommand};
use hallpass::model::email::EmailAddress;
use hallpass::model::name::{ConnectionName, GroupName, ProfileName, TokenName};
use hallpass::model::text::FreeText;
use hallpass::ops::profile::State;

use super::input::{Change, Input, one_of};
use super::sink::SinkFlags;
use super::suspension::SuspensionFlags;

/// Manage profiles: the API users that tokens belong to
#[derive(Debug, Subcommand)]
#[command(after_help = after!(
    "hallpass profile list",
    "hallpass profile add github --connection ci"
))]
pub(crate) enum ProfileCommand {
    Add(Add),
    List(List),
    Show(Show),
    Edit(Edit),
    Suspend(Suspend),
    Resume(Resume),
    Delete(Delete),
    Manage(Manage),
}

/// Add a profile
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass profile add github --connection ci --email builds@example.com",
    "T=$(hallpass profile add github --connection ci --token laptop)",
    "hallpass profile add github --connection ci --token deploy --to env:.env#API_TOKEN",
    "hallpass profile add github --group builders --if-absent";
    "3" "no such connection",
    "4" "the name is taken",
    "6" "the password is too weak",
    "43" "the file of `--to`, or a folder on its path, is writable by others; or the file holds \
         something other than a hallpass secret (`--overwrite`), or can never take one",
    "51" "the token was not delivered, so it is not valid"
))]
pub(crate) struct Add {
    /// Name of the profile
    #[arg(value_name = "PROFILE")]
    pub(crate) name: ProfileName,
    /// E-mail address
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: Option<EmailAddress>,
    /// Description
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<FreeText>,
    /// Allow this connection; connections that are not listed are not allowed; may be repeated
    #[arg(long, value_name = "CONNECTION")]
    pub(crate) connection: Vec<ConnectionName>,
    /// Add the profile to this group; may be repeated
    #[arg(long, value_name = "GROUP")]
    pub(crate) group: Vec<GroupName>,
    /// Ask for a password
    #[arg(long, conflicts_with = "password_file")]
    pub(crate) password: bool,
    /// Read a password from a file (`-` for standard input)
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<Input>,
    /// Also create a token with this name, and print it once
    #[arg(long, value_name = "NAME")]
    pub(crate) token: Option<TokenName>,
    /// Where that token goes.
    #[command(flatten)]
    pub(crate) sink: SinkFlags,
    /// Succeed without changing anything if it exists already
    #[arg(long, conflicts_with = "token")]
    pub(crate) if_absent: bool,
}

/// List profiles
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass profile list",
    "hallpass profile list --state suspended",
    "hallpass profile list --output jsonl"
))]
pub(crate) struct List {
    /// Only profiles in this state
    #[arg(long, value_name = "STATE", value_parser = one_of(State::ALL, State::word))]
    pub(crate) state: Option<State>,
}

/// Show a profile
#[derive(Debug, Args)]
#[command(after_help = after!("hallpass profile show github"; "3" "no such profile"))]
pub(crate) struct Show {
    /// Profile to show
    #[arg(value_name = "PROFILE")]
    pub(crate) name: ProfileName,
}

const CHANGES: [&str; 9] = [
    "email",
    "description",
    "add_connection",
    "remove_connection",
    "any_connection",
    "add_group",
    "remove_group",
    "rename",
    "unlock",
];

/// Change a profile
///
/// Removing connections never turns a restriction into "any connection": only `--any-connection`
/// lifts it. Anything valid now that would stop working is shown and must be confirmed; anything
/// newly allowed is a warning.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass profile edit github --add-connection deploy --remove-group builders --dry-run",
    "hallpass profile edit github --email '' --rename gitlab",
    "hallpass profile edit github --unlock";
    "3" "no such profile or connection",
    "4" "the new name is taken",
    "5" "something would stop working, and that was not confirmed",
    "6" "the last connection cannot be removed"
))]
#[command(group = ArgGroup::new("change").required(true).multiple(true).args(CHANGES))]
pub(crate) struct Edit {
    /// Profile to change
    #[arg(value_name = "PROFILE")]
    pub(crate) name: ProfileName,
    /// E-mail address ('' to remove it)
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: Option<Change<EmailAddress>>,
    /// Description ('' to remove it)
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<Change<FreeText>>,
    /// Also allow this connection; may be repeated
    #[arg(long, value_name = "CONNECTION")]
    pub(crate) add_connection: Vec<ConnectionName>,
    /// No longer allow this connection; may be repeated
    #[arg(long, value_name = "CONNECTION")]
    pub(crate) remove_connection: Vec<ConnectionName>,
    /// Allow any connection
    #[arg(long, conflicts_with_all = ["add_connection", "remove_connection"])]
    pub(crate) any_connection: bool,
    /// Add the profile to this group; may be repeated
    #[arg(long, value_name = "GROUP")]
    pub(crate) add_group: Vec<GroupName>,
    /// Remove the profile from this group; may be repeated
    #[arg(long, value_name = "GROUP")]
    pub(crate) remove_group: Vec<GroupName>,
    /// Rename the profile
    #[arg(long, value_name = "NAME")]
    pub(crate) rename: Option<ProfileName>,
    /// Reset the count of failed password attempts, and any delay or lock
    #[arg(long)]
    pub(crate) unlock: bool,
    /// Show what would change or stop working, without changing anything
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Suspend a profile: none of its tokens is valid until it is resumed
///
/// What will stop working is shown first. With `--until` the profile resumes automatically.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass profile suspend github --reason 'audit' --until 8w",
    "hallpass profile suspend github --until 2027-01-01 --yes";
    "3" "no such profile",
    "5" "not confirmed"
))]
pub(crate) struct Suspend {
    /// Profile to suspend
    #[arg(value_name = "PROFILE")]
    pub(crate) name: ProfileName,
    /// Why, and until when.
    #[command(flatten)]
    pub(crate) suspension: SuspensionFlags,
    /// Show what would stop working, without changing anything
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Resume a profile: its tokens become valid again, except those suspended or revoked themselves
#[derive(Debug, Args)]
#[command(after_help = after!("hallpass profile resume github"; "3" "no such profile"))]
pub(crate) struct Resume {
    /// Profile to resume
    #[arg(value_name = "PROFILE")]
    pub(crate) name: ProfileName,
    /// Show what would become valid again, without changing anything
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Delete a profile and revoke its tokens
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass profile delete github --dry-run", "hallpass profile delete github --yes";
    "3" "no such profile",
    "5" "not confirmed"
))]
pub(crate) struct Delete {
    /// Profile to delete
    #[arg(value_name = "PROFILE")]
    pub(crate) name: ProfileName,
    /// Show what would stop working, without changing anything
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Manage a profile in a menu: its tokens, permissions, password and deletion
///
/// Each menu item does what the command of that name does, and asks the same questions. Esc goes
/// back, Ctrl-C quits.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass profile manage github";
    "2" "not at a terminal",
    "3" "no such profile"
))]
pub(crate) struct Manage {
    /// Profile to manage
    #[arg(value_name = "PROFILE")]
    pub(crate) name: ProfileName,
}
