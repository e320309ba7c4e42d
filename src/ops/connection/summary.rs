//! A connection as it is shown.

use serde::Serialize;

use crate::model::address::AddressRange;
use crate::model::connection::{Block, Connection};
use crate::model::id::ApiKey;
use crate::model::name::{ConnectionName, GroupName};
use crate::model::text::FreeText;
use crate::model::time::{Span, Time};

/// Whether a connection may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It may.
    Active,
    /// It may not.
    Blocked,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Active, Self::Blocked];

    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Blocked => "blocked",
        }
    }
}

/// A connection, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its name.
    pub name: ConnectionName,
    /// What it is.
    pub description: Option<FreeText>,
    /// The identifier that applications carry.
    pub api_key: ApiKey,
    /// Only members of this group may use it.
    pub group: Option<GroupName>,
    /// Default and maximum lifetime of its tokens.
    pub token_lifetime: Option<Span>,
    /// Where it may be used from; empty is anywhere.
    pub allow_ip: Vec<AddressRange>,
    /// Where it may not be used from.
    pub deny_ip: Vec<AddressRange>,
    /// Whether it may be used.
    pub state: State,
    /// Whether it has a walkthrough.
    pub has_guide: bool,
    /// When it was made.
    pub created_at: Time,
    /// Since when it is blocked, if it is.
    pub blocked: Option<Block>,
}

pub(in crate::ops) fn summary(connection: &Connection) -> Summary {
    Summary {
        name: connection.name.clone(),
        description: connection.description.clone(),
        api_key: connection.api_key,
        group: connection.group.clone(),
        token_lifetime: connection.token_lifetime,
        allow_ip: connection.allow_ip.clone(),
        deny_ip: connection.deny_ip.clone(),
        state: if connection.blocked.is_some() {
            State::Blocked
        } else {
            State::Active
        },
        has_guide: connection.guide.is_some(),
        created_at: connection.created_at,
        blocked: connection.blocked.clone(),
    }
}
