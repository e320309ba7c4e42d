//! `hallpass connection`.

use clap::{ArgGroup, Args, Subcommand};
use hallpass::model::address::AddressRange;
use hallpass::model::guide::{ApiUrl, Template};
use hallpass::model::name::{ConnectionName, EnvironmentName, GroupName, ProfileName};
use hallpass::model::text::FreeText;
use hallpass::model::time::Span;
use hallpass::ops::connection::State;

use super::input::{Change, Input, one_of};

/// Manage connections: the integrations that tokens are valid for
#[derive(Debug, Subcommand)]
#[command(after_help = after!(
    "hallpass connection list",
    "hallpass connection add ci --token-lifetime 90d"
))]
pub(crate) enum ConnectionCommand {
    Add(Add),
    List(List),
    Show(Show),
    Edit(Edit),
    Block(Block),
    Unblock(Unblock),
    Delete(Delete),
    Guide(Guide),
    RotateKey(RotateKey),
}

/// Add a connection
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass connection add ci",
    "hallpass connection add ci --group builders --token-lifetime 90d --allow-ip 192.0.2.0/24";
    "4" "the name is taken"
))]
pub(crate) struct Add {
    /// Name of the connection
    #[arg(value_name = "CONNECTION")]
    pub(crate) name: ConnectionName,
    /// Description
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<FreeText>,
    /// Allow only members of this group to use it
    #[arg(long, value_name = "GROUP")]
    pub(crate) group: Option<GroupName>,
    /// Maximum and default lifetime of its tokens
    #[arg(long, value_name = "DURATION")]
    pub(crate) token_lifetime: Option<Span>,
    /// Allow only addresses in this range; may be repeated
    #[arg(long, value_name = "CIDR")]
    pub(crate) allow_ip: Vec<AddressRange>,
    /// Deny addresses in this range, even if allowed; may be repeated
    #[arg(long, value_name = "CIDR")]
    pub(crate) deny_ip: Vec<AddressRange>,
    /// Read the walkthrough, in Markdown, from a file
    #[arg(long, value_name = "FILE")]
    pub(crate) guide_file: Option<Input>,
    /// Use a built-in walkthrough: http, proxy, ci or profit
    #[arg(long, value_name = "GUIDE", conflicts_with = "guide_file")]
    pub(crate) guide: Option<Template>,
    /// Succeed without changing anything if it exists already
    #[arg(long)]
    pub(crate) if_absent: bool,
}

/// List connections
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass connection list",
    "hallpass connection list --state blocked",
    "hallpass connection list --output csv"
))]
pub(crate) struct List {
    /// Only connections in this state
    #[arg(long, value_name = "STATE", value_parser = one_of(State::ALL, State::word))]
    pub(crate) state: Option<State>,
}

/// Show a connection
#[derive(Debug, Args)]
#[command(after_help = after!("hallpass connection show ci"; "3" "no such connection"))]
pub(crate) struct Show {
    /// Connection to show
    #[arg(value_name = "CONNECTION")]
    pub(crate) name: ConnectionName,
}

const CHANGES: [&str; 11] = [
    "description",
    "group",
    "token_lifetime",
    "add_allow_ip",
    "remove_allow_ip",
    "any_ip",
    "add_deny_ip",
    "remove_deny_ip",
    "guide_file",
    "guide",
    "rename",
];

/// Change a connection
///
/// A new token lifetime applies to tokens issued afterwards. Anything valid now that would stop
/// working is shown and must be confirmed; anything newly allowed is a warning.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass connection edit ci --add-allow-ip 192.0.2.0/24 --remove-allow-ip 198.51.100.7",
    "hallpass connection edit ci --group builders --dry-run",
    "hallpass connection edit ci --group '' --rename builds";
    "3" "no such connection",
    "4" "the new name is taken",
    "5" "something would stop working, and that was not confirmed"
))]
#[command(group = ArgGroup::new("change").required(true).multiple(true).args(CHANGES))]
pub(crate) struct Edit {
    /// Connection to change
    #[arg(value_name = "CONNECTION")]
    pub(crate) name: ConnectionName,
    /// Description ('' to remove it)
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<Change<FreeText>>,
    /// Allow only members of this group to use it ('' for anyone)
    #[arg(long, value_name = "GROUP")]
    pub(crate) group: Option<Change<GroupName>>,
    /// Maximum and default lifetime of its tokens ('' for no limit)
    #[arg(long, value_name = "DURATION")]
    pub(crate) token_lifetime: Option<Change<Span>>,
    /// Also allow addresses in this range; may be repeated
    #[arg(long, value_name = "CIDR")]
    pub(crate) add_allow_ip: Vec<AddressRange>,
    /// No longer allow this range; may be repeated
    #[arg(long, value_name = "CIDR")]
    pub(crate) remove_allow_ip: Vec<AddressRange>,
    /// Allow every address that is not denied
    #[arg(long, conflicts_with_all = ["add_allow_ip", "remove_allow_ip"])]
    pub(crate) any_ip: bool,
    /// Also deny addresses in this range; may be repeated
    #[arg(long, value_name = "CIDR")]
    pub(crate) add_deny_ip: Vec<AddressRange>,
    /// No longer deny this range; may be repeated
    #[arg(long, value_name = "CIDR")]
    pub(crate) remove_deny_ip: Vec<AddressRange>,
    /// Read the walkthrough, in Markdown, from a file ('' to remove it)
    #[arg(long, value_name = "FILE")]
    pub(crate) guide_file: Option<Change<Input>>,
    /// Use a built-in walkthrough: http, proxy, ci or profit
    #[arg(long, value_name = "GUIDE", conflicts_with = "guide_file")]
    pub(crate) guide: Option<Template>,
    /// Rename the connection
    #[arg(long, value_name = "NAME")]
    pub(crate) rename: Option<ConnectionName>,
    /// Show what would change or stop working, without changing anything
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Block a connection: none of its tokens is valid until it is unblocked
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass connection block ci --reason 'leaked build log' --yes";
    "3" "no such connection",
    "5" "not confirmed"
))]
pub(crate) struct Block {
    /// Connection to block
    #[arg(value_name = "CONNECTION")]
    pub(crate) name: ConnectionName,
    /// Reason, shown by `connection show`
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<FreeText>,
    /// Show what would stop working, without changing anything
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Unblock a connection
#[derive(Debug, Args)]
#[command(after_help = after!("hallpass connection unblock ci"; "3" "no such connection"))]
pub(crate) struct Unblock {
    /// Connection to unblock
    #[arg(value_name = "CONNECTION")]
    pub(crate) name: ConnectionName,
    /// Show what would become valid again, without changing anything
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Delete a connection that no profile and no live token uses
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass connection delete ci --dry-run", "hallpass connection delete ci --yes";
    "3" "no such connection",
    "5" "not confirmed",
    "6" "profiles are restricted to it, or live tokens are bound to it"
))]
pub(crate) struct Delete {
    /// Connection to delete
    #[arg(value_name = "CONNECTION")]
    pub(crate) name: ConnectionName,
    /// Show what would stop working, without changing anything
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Replace the API key of a connection
///
/// Applications send the key to identify the connection. Tokens are not affected.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass connection rotate-key ci --yes";
    "3" "no such connection",
    "5" "not confirmed"
))]
pub(crate) struct RotateKey {
    /// Connection whose key to replace
    #[arg(value_name = "CONNECTION")]
    pub(crate) name: ConnectionName,
    /// Show what would stop working, without changing anything
    #[arg(long, visible_alias = "plan")]
    pub(crate) dry_run: bool,
}

/// Show the walkthrough of a connection, with its names filled in
///
/// At a terminal it is formatted for reading; otherwise the output is the Markdown itself. A
/// connection without a walkthrough of its own gets the one for an HTTP API. In a walkthrough of
/// your own, these placeholders are filled in: `{{connection}}`, `{{api_key}}`, `{{environment}}`,
/// `{{environment_key}}`, `{{profile}}`, `{{url}}`, and `{{membership}}`, which is `--group` and
/// the connection's group if it has one.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass connection guide ci",
    "hallpass connection guide ci --template proxy --url https://ci.example.com",
    "hallpass connection guide ci --template http --raw > guide.md",
    "hallpass connection guide --list";
    "3" "no such connection, environment or profile"
))]
pub(crate) struct Guide {
    /// Connection whose walkthrough to show
    #[arg(value_name = "CONNECTION", required_unless_present = "list")]
    pub(crate) name: Option<ConnectionName>,
    /// Show a built-in walkthrough instead of its own: http, proxy, ci or profit
    #[arg(long, value_name = "GUIDE")]
    pub(crate) template: Option<Template>,
    /// Fill in this environment [default: the default environment]
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(crate) environment: Option<EnvironmentName>,
    /// Fill in this profile [default: one with the connection's name]
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<ProfileName>,
    /// Fill in this URL of the API [default: `https://api.example.com`]
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<ApiUrl>,
    /// Leave the placeholders as they are, as a template for your own walkthrough
    #[arg(long, conflicts_with_all = ["environment", "profile", "url"])]
    pub(crate) raw: bool,
    /// List the built-in walkthroughs
    #[arg(long, conflicts_with_all = ["name", "template", "environment", "profile", "url", "raw"])]
    pub(crate) list: bool,
}
