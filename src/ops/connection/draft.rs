//! What a connection is to be, and what is to change in one.

use crate::model::address::AddressRange;
use crate::model::name::{ConnectionName, GroupName};
use crate::model::text::{FreeText, Guide};
use crate::model::time::Span;
use crate::ops::edit::{Change, ListChange};

/// What a connection is to be.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its name.
    pub name: ConnectionName,
    /// What it is.
    pub description: Option<FreeText>,
    /// Only members of this group may use it.
    pub group: Option<GroupName>,
    /// Default and maximum lifetime of its tokens.
    pub token_lifetime: Option<Span>,
    /// Where it may be used from; empty is anywhere.
    pub allow_ip: Vec<AddressRange>,
    /// Where it may not be used from.
    pub deny_ip: Vec<AddressRange>,
    /// The walkthrough.
    pub guide: Option<Guide>,
}

impl Draft {
    /// A connection of that name, open to all.
    pub fn new(name: ConnectionName) -> Self {
        Self {
            name,
            description: None,
            group: None,
            token_lifetime: None,
            allow_ip: Vec::new(),
            deny_ip: Vec::new(),
            guide: None,
        }
    }
}

/// What is to change in a connection.
#[derive(Debug, Clone, Default)]
pub struct Edits {
    /// What it is.
    pub description: Change<FreeText>,
    /// The linked group.
    pub group: Change<GroupName>,
    /// The lifetime of tokens made from now on.
    pub token_lifetime: Change<Span>,
    /// Where it may be used from.
    pub allow_ip: ListChange<AddressRange>,
    /// Where it may not be used from.
    pub deny_ip: ListChange<AddressRange>,
    /// Whether it may be used from anywhere that is not denied.
    pub any_ip: bool,
    /// The walkthrough.
    pub guide: Change<Guide>,
    /// Its new name.
    pub rename: Option<ConnectionName>,
}
