//! Summaries of connections.

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
    /// It may be used.
    Active,
    /// It may not be used.
    Blocked,
}

impl State {
    /// All states.
    pub const ALL: [Self; 2] = [Self::Active, Self::Blocked];

    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Blocked => "blocked",
        }
    }
}

/// A connection, as displayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its name.
    pub name: ConnectionName,
    /// Description.
    pub description: Option<FreeText>,
    /// The identifier that applications send.
    pub api_key: ApiKey,
    /// The linked group: only its members may use the connection.
    pub group: Option<GroupName>,
    /// Default and maximum lifetime of its tokens.
    pub token_lifetime: Option<Span>,
    /// Addresses it may be used from; empty means any.
    pub allow_ip: Vec<AddressRange>,
    /// Addresses it may not be used from.
    pub deny_ip: Vec<AddressRange>,
    /// Whether it may be used.
    pub state: State,
    /// Whether it has a walkthrough.
    pub has_guide: bool,
    /// Time of creation.
    pub created_at: Time,
    /// Its block, if it is blocked.
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
