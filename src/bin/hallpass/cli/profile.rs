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

/// Make a profile
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass profile add github --connection ci --email builds@example.com",
    "T=$(hallpass profile add github --connection ci --token laptop)",
    "hallpass profile add github --connection ci --token deploy --to env:.env#API_TOKEN",
    "hallpass profile add github --group builders --if-absent";
    "3" "no such connection",
    "4" "the name is taken",
    "6" "the password is too weak",
    "43" "the file of `--to`, or what leads to it, could be changed by others; or it holds something \
         that is not a secret of hallpass (`--overwrite`), or never takes one",
    "51" "the token was not delivered, so it is not valid"
))]
pub(crate) struct Add {
    /// Its name
    #[arg(value_name = "PROFILE")]
    pub(crate) name: ProfileName,
    /// Its e-mail address
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: Option<EmailAddress>,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<FreeText>,
    /// Let it use this connection and no other that is not named; may be repeated
    #[arg(long, value_name = "CONNECTION")]
    pub(crate) connection: Vec<ConnectionName>,
    /// Make it a member of this group; may be repeated
    #[arg(long, value_name = "GROUP")]
    pub(crate) group: Vec<GroupName>,
    /// Ask for a password
    #[arg(long, conflicts_with = "password_file")]
    pub(crate) password: bool,
    /// Read a password from a file (`-` for standard input)
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<Input>,
    /// Make a token of this name too, and print it once
    #[arg(long, value_name = "NAME")]
    pub(crate) token: Option<TokenName>,
    /// Where that token goes.
    #[command(flatten)]
    pub(crate) sink: SinkFlags,
    /// Succeed if it is there already, changing nothing
    #[arg(long, conflicts_with = "token")]
    pub(crate) if_absent: bool,
}

/// List the profiles
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass profile list",
    "hallpass profile list --state suspended",
    "hallpass profile list --output jsonl"
))]
pub(crate) struct List {
    /// Only those in this state
    #[arg(long, value_name = "STATE", value_parser = one_of(State::ALL, State::word))]
    pub(crate) state: Option<State>,
}

/// Show one profile
#[derive(Debug, Args)]
#[command(after_help = after!("hallpass profile show github"; "3" "no such profile"))]
pub(crate) struct Show {
    /// Which
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
/// A restriction never turns into "any connection" by removal: only `--any-connection` lifts it. If
/// something stops that is valid now, it is shown and confirmed first; what opens is a warning.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass profile edit github --add-connection deploy --remove-group builders --dry-run",
    "hallpass profile edit github --email '' --rename gitlab",
    "hallpass profile edit github --unlock";
    "3" "no such profile or connection",
    "4" "the new name is taken",
    "5" "something would stop, and that was not confirmed",
    "6" "the last connection cannot be removed"
))]
#[command(group = ArgGroup::new("change").required(true).multiple(true).args(CHANGES))]
pub(crate) struct Edit {
    /// Which
    #[arg(value_name = "PROFILE")]
    pub(crate) name: ProfileName,
    /// Its e-mail address ('' for none)
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: Option<Change<EmailAddress>>,
    /// What it is for ('' for nothing)
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<Change<FreeText>>,
    /// Let it use this connection too; may be repeated
    #[arg(long, value_name = "CONNECTION")]
    pub(crate) add_connection: Vec<ConnectionName>,
    /// Let it use this connection no longer; may be repeated
    #[arg(long, value_name = "CONNECTION")]
    pub(crate) remove_connection: Vec<ConnectionName>,
    /// Let it use any connection
    #[arg(long, conflicts_with_all = ["add_connection", "remove_connection"])]
    pub(crate) any_connection: bool,
    /// Make it a member of this group; may be repeated
    #[arg(long, value_name = "GROUP")]
    pub(crate) add_group: Vec<GroupName>,
    /// Take it out of this group; may be repeated
    #[arg(long, value_name = "GROUP")]
    pub(crate) remove_group: Vec<GroupName>,
    /// Give it another name
    #[arg(long, value_name = "NAME")]
    pub(crate) rename: Option<ProfileName>,
    /// Forget failed tries at its password, and with them a delay or a lock
    #[arg(long)]
    pub(crate) unlock: bool,
    /// Show what would change or stop and change nothing
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Suspend a profile: none of its tokens is valid until it is resumed
///
/// What will stop working is shown before it happens. With `--until` it resumes by itself.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass profile suspend github --reason 'audit' --until 8w",
    "hallpass profile suspend github --until 2027-01-01 --yes";
    "3" "no such profile",
    "5" "not confirmed"
))]
pub(crate) struct Suspend {
    /// Which
    #[arg(value_name = "PROFILE")]
    pub(crate) name: ProfileName,
    /// Why, and until when.
    #[command(flatten)]
    pub(crate) suspension: SuspensionFlags,
    /// Show what would stop and change nothing
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Resume a profile: its tokens are valid again, but for those suspended or revoked themselves
#[derive(Debug, Args)]
#[command(after_help = after!("hallpass profile resume github"; "3" "no such profile"))]
pub(crate) struct Resume {
    /// Which
    #[arg(value_name = "PROFILE")]
    pub(crate) name: ProfileName,
    /// Show what would be valid again and change nothing
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Delete a profile: its tokens are revoked for good
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass profile delete github --dry-run", "hallpass profile delete github --yes";
    "3" "no such profile",
    "5" "not confirmed"
))]
pub(crate) struct Delete {
    /// Which
    #[arg(value_name = "PROFILE")]
    pub(crate) name: ProfileName,
    /// Show what would stop and change nothing
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Manage a profile in a menu: its tokens, what it may use, its password, its end
///
/// Every item does what the command of that name does, and asks what it asks. Esc leads back, Ctrl-C
/// out.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass profile manage github";
    "2" "there is no terminal for a menu",
    "3" "no such profile"
))]
pub(crate) struct Manage {
    /// Which
    #[arg(value_name = "PROFILE")]
    pub(crate) name: ProfileName,
}
