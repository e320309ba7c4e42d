//! The schema of a declaration file; `docs/apply.schema.json` is the same for programs.

use std::path::PathBuf;
use std::str::FromStr;

use hallpass::model::address::AddressRange;
use hallpass::model::email::EmailAddress;
use hallpass::model::invalid::Invalid;
use hallpass::model::name::{ConnectionName, EnvironmentName, GroupName, ProfileName, TokenName};
use hallpass::model::text::{Device, FreeText, Guide};
use hallpass::model::time::{Expiry, Overlap, Span};
use hallpass::model::token::{Digest, Encoding};
use hallpass::ops::edit::Change;

use super::fields::{Entry, Fields, list};
use super::node::Node;
use super::wrong::Mistakes;
use crate::cli::sink::Destination;

/// The schema version that is written and read.
pub(super) const VERSION: u32 = 1;

/// The contents of a declaration file.
#[derive(Default)]
pub(super) struct Shape {
    pub(super) environments: Vec<(EnvironmentName, DeclaredEnvironment)>,
    pub(super) connections: Vec<(ConnectionName, DeclaredConnection)>,
    /// The members of groups, by group name.
    pub(super) groups: Vec<(GroupName, Vec<ProfileName>)>,
    pub(super) profiles: Vec<(ProfileName, DeclaredProfile)>,
}

/// An environment.
pub(super) struct DeclaredEnvironment {
    pub(super) description: Change<FreeText>,
    /// Whether tokens without an environment belong to this one.
    pub(super) default: Option<bool>,
}

/// A connection.
pub(super) struct DeclaredConnection {
    pub(super) description: Change<FreeText>,
    pub(super) group: Change<GroupName>,
    pub(super) token_lifetime: Change<Span>,
    pub(super) allow_ip: Change<Vec<AddressRange>>,
    pub(super) deny_ip: Change<Vec<AddressRange>>,
    /// The walkthrough itself, or a file that holds it.
    pub(super) guide: Change<Guide>,
    pub(super) guide_file: Option<PathBuf>,
    pub(super) state: Option<ConnectionState>,
    /// Why it is blocked.
    pub(super) reason: Option<FreeText>,
}

/// Whether a connection may be used.
#[derive(Clone, Copy)]
pub(super) enum ConnectionState {
    Active,
    Blocked,
}

/// A profile.
pub(super) struct DeclaredProfile {
    pub(super) email: Change<EmailAddress>,
    pub(super) description: Change<FreeText>,
    pub(super) connections: Change<Vec<ConnectionName>>,
    pub(super) groups: Option<Vec<GroupName>>,
    pub(super) state: Option<ProfileState>,
    /// Why it is suspended.
    pub(super) reason: Option<FreeText>,
    /// When the suspension ends.
    pub(super) until: Option<Until>,
    /// The tokens of the profile, by name; those that are not valid are left out.
    pub(super) tokens: Vec<(TokenName, DeclaredToken)>,
}

/// Whether a profile is active.
#[derive(Clone, Copy)]
pub(super) enum ProfileState {
    Active,
    Suspended,
}

/// When a suspension ends: a date, which is the same in each run, or `never`.
#[derive(Clone, Copy)]
pub(super) struct Until(pub(super) Expiry);

impl FromStr for Until {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if let Ok(end @ (Expiry::At(_) | Expiry::Never)) = text.parse() {
            return Ok(Self(end));
        }
        let hint = "use `2026-12-31`, the start of that day in UTC, `2026-12-31T12:00:00Z`, \
                    or `never`";
        Err(Invalid::new("a date", hint))
    }
}

/// A token.
pub(super) struct DeclaredToken {
    pub(super) connection: Change<ConnectionName>,
    pub(super) environment: Option<EnvironmentName>,
    pub(super) device: Change<Device>,
    pub(super) expires: Option<Expiry>,
    pub(super) allow_ip: Change<Vec<AddressRange>>,
    pub(super) form: Option<Encoding>,
    /// The sink of its secret.
    pub(super) to: Option<Destination>,
    pub(super) min_life: Option<Span>,
    pub(super) overlap: Option<Overlap>,
    /// A file that holds a token of another system, or its SHA-256.
    pub(super) value_file: Option<PathBuf>,
    pub(super) sha256: Option<Digest>,
}

impl Shape {
    /// Reads a whole file. Unknown properties are errors, so that a typo is not silently ignored.
    pub(super) fn read(node: Node, wrong: &mut Mistakes) -> Self {
        let mut fields = Fields::of(node, String::new(), wrong);
        fields.version(VERSION);
        let environments = fields.named("environments");
        let connections = fields.named("connections");
        let groups = fields.named::<GroupName>("groups");
        let profiles = fields.named("profiles");
        fields.end();
        let mut file = Self::default();
        for Entry { name, place, node } in environments {
            wrong.declare(format!("environment `{name}`"), place.clone());
            file.environments
                .push((name, environment(Fields::of(node, place.path, wrong))));
        }
        for Entry { name, place, node } in connections {
            wrong.declare(format!("connection `{name}`"), place.clone());
            file.connections
                .push((name, connection(Fields::of(node, place.path, wrong))));
        }
        for Entry { name, place, node } in groups {
            wrong.declare(format!("group `{name}`"), place.clone());
            // A name without a value is not a list: the group's members stay as they are.
            let members = list(wrong, &place.path, node);
            file.groups.extend(members.map(|members| (name, members)));
        }
        for Entry { name, place, node } in profiles {
            wrong.declare(format!("profile `{name}`"), place.clone());
            let it = profile(&name, Fields::of(node, place.path, wrong));
            file.profiles.push((name, it));
        }
        file
    }

    /// Whether the file declares nothing at all.
    pub(super) fn is_empty(&self) -> bool {
        let Self {
            environments,
            connections,
            groups: _,
            profiles,
        } = self;
        environments.is_empty() && connections.is_empty() && profiles.is_empty()
    }
}

fn environment(mut fields: Fields<'_>) -> DeclaredEnvironment {
    let environment = DeclaredEnvironment {
        description: fields.clearable("description"),
        default: fields.truth("default"),
    };
    fields.end();
    environment
}

fn connection(mut fields: Fields<'_>) -> DeclaredConnection {
    let states = [
        ("active", ConnectionState::Active),
        ("blocked", ConnectionState::Blocked),
    ];
    let connection = DeclaredConnection {
        description: fields.clearable("description"),
        group: fields.restriction("group"),
        token_lifetime: fields.restriction("token_lifetime"),
        allow_ip: fields.restricting("allow_ip"),
        deny_ip: fields.restricting("deny_ip"),
        guide: fields.clearable("guide"),
        guide_file: fields.text("guide_file"),
        state: fields.word("state", &states),
        reason: fields.text("reason"),
    };
    fields.end();
    connection
}

fn profile(own: &ProfileName, mut fields: Fields<'_>) -> DeclaredProfile {
    let states = [
        ("active", ProfileState::Active),
        ("suspended", ProfileState::Suspended),
    ];
    let mut profile = DeclaredProfile {
        email: fields.clearable("email"),
        description: fields.clearable("description"),
        connections: fields.restricting("connections"),
        groups: fields.list("groups"),
        state: fields.word("state", &states),
        reason: fields.text("reason"),
        until: fields.text("until"),
        tokens: Vec::new(),
    };
    for Entry { name, place, node } in fields.named("tokens") {
        let wrong = &mut *fields.wrong;
        wrong.declare(format!("token `{own}/{name}`"), place.clone());
        let before = wrong.count();
        let token = token(Fields::of(node, place.path, wrong));
        if wrong.count() == before {
            profile.tokens.push((name, token));
        }
    }
    fields.end();
    profile
}

fn token(mut fields: Fields<'_>) -> DeclaredToken {
    let token = DeclaredToken {
        connection: fields.restriction("connection"),
        environment: fields.text("environment"),
        device: fields.restriction("device"),
        expires: fields.text("expires"),
        allow_ip: fields.restricting("allow_ip"),
        form: fields.text("form"),
        to: fields.text("to"),
        min_life: fields.text("min_life"),
        overlap: fields.text("overlap"),
        value_file: fields.text("value_file"),
        sha256: fields.text("sha256"),
    };
    fields.end();
    token
}
