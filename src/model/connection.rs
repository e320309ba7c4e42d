//! Connections: integrations that tokens are valid for.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::address::AddressRange;
use super::id::ApiKey;
use super::name::{ConnectionName, GroupName};
use super::profile::Profile;
use super::text::{FreeText, Guide};
use super::time::{Span, Time};

/// An integration, or the tombstone of one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Connection {
    /// The name. A tombstone keeps it, so that old tokens still show what they were for.
    pub name: ConnectionName,
    /// Description.
    pub description: Option<FreeText>,
    /// The identifier that applications send.
    pub api_key: ApiKey,
    /// The linked group: only its members may use the connection.
    pub group: Option<GroupName>,
    /// Default and maximum lifetime of tokens issued from now on.
    pub token_lifetime: Option<Span>,
    /// Addresses it may be used from; empty means any.
    pub allow_ip: Vec<AddressRange>,
    /// Addresses it may not be used from; overrides `allow_ip`.
    pub deny_ip: Vec<AddressRange>,
    /// The walkthrough, in Markdown.
    pub guide: Option<Guide>,
    /// The block, if the connection is blocked.
    pub blocked: Option<Block>,
    /// Time of creation.
    pub created_at: Time,
    /// Time of deletion.
    pub deleted_at: Option<Time>,
    /// Its position in the list of connections.
    pub position: u32,
}

impl Connection {
    /// Whether `profile` is in the linked group; `true` without a linked group.
    pub fn admits(&self, profile: &Profile) -> bool {
        self.group
            .as_ref()
            .is_none_or(|group| profile.is_member_of(group))
    }

    /// Whether it may be used from any address.
    pub fn has_no_address_rule(&self) -> bool {
        self.allow_ip.is_empty() && self.deny_ip.is_empty()
    }

    /// Whether its allow list permits `address`. A deny rule may still refuse it.
    pub fn allows(&self, address: IpAddr) -> bool {
        AddressRange::allow(&self.allow_ip, address)
    }

    /// The first deny rule that `address` is in. It overrides the allow list.
    pub fn denies(&self, address: IpAddr) -> Option<&AddressRange> {
        self.deny_ip.iter().find(|range| range.contains(address))
    }
}

/// The block of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// When it was blocked.
    pub at: Time,
    /// The operator's reason.
    pub reason: Option<FreeText>,
}
