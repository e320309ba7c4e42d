//! Drafts of new connections, and edits of existing ones.

use crate::model::address::AddressRange;
use crate::model::name::{ConnectionName, GroupName};
use crate::model::text::{FreeText, Guide};
use crate::model::time::Span;
use crate::ops::edit::{Change, ListChange};

/// The properties of a new connection.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its name.
    pub name: ConnectionName,
    /// Description.
    pub description: Option<FreeText>,
    /// The linked group: only its members may use the connection.
    pub group: Option<GroupName>,
    /// Default and maximum lifetime of its tokens.
    pub token_lifetime: Option<Span>,
    /// Addresses it may be used from; empty means any.
    pub allow_ip: Vec<AddressRange>,
    /// Addresses it may not be used from.
    pub deny_ip: Vec<AddressRange>,
    /// The walkthrough.
    pub guide: Option<Guide>,
}

impl Draft {
    /// A draft with that name and no restriction.
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

/// Changes to a connection.
#[derive(Debug, Clone, Default)]
pub struct Edits {
    /// Description.
    pub description: Change<FreeText>,
    /// The linked group.
    pub group: Change<GroupName>,
    /// The lifetime of tokens made from now on.
    pub token_lifetime: Change<Span>,
    /// Addresses it may be used from.
    pub allow_ip: ListChange<AddressRange>,
    /// Addresses it may not be used from.
    pub deny_ip: ListChange<AddressRange>,
    /// Whether it may be used from any address that no deny rule excludes.
    pub any_ip: bool,
    /// The walkthrough.
    pub guide: Change<Guide>,
    /// Its new name.
    pub rename: Option<ConnectionName>,
}
