//! A connection: an integration that tokens are good for.

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
    /// The name; kept by a tombstone, so that old tokens still say what they were for.
    pub name: ConnectionName,
    /// What it is.
    pub description: Option<FreeText>,
    /// The identifier that applications carry.
    pub api_key: ApiKey,
    /// Only members of this group may use it.
    pub group: Option<GroupName>,
    /// Default and maximum lifetime of tokens made from now on.
    pub token_lifetime: Option<Span>,
    /// Where it may be used from; empty is anywhere.
    pub allow_ip: Vec<AddressRange>,
    /// Where it may not be used from; beats `allow_ip`.
    pub deny_ip: Vec<AddressRange>,
    /// The walkthrough, in Markdown.
    pub guide: Option<Guide>,
    /// Since when it is blocked, and why.
    pub blocked: Option<Block>,
    /// When it was made.
    pub created_at: Time,
    /// When it was deleted.
    pub deleted_at: Option<Time>,
    /// Its place in the list of connections.
    pub position: u32,
}

impl Connection {
    /// Whether its linked group, if it has one, lets `profile` in.
    pub fn admits(&self, profile: &Profile) -> bool {
        self.group
            .as_ref()
            .is_none_or(|group| profile.is_member_of(group))
    }

    /// Whether it may be used from `address`: deny beats allow.
    pub fn is_allowed_from(&self, address: IpAddr) -> bool {
        AddressRange::allow(&self.allow_ip, address)
            && !self.deny_ip.iter().any(|range| range.contains(address))
    }
}

/// A blocked connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Since when.
    pub at: Time,
    /// Why.
    pub reason: Option<FreeText>,
}
