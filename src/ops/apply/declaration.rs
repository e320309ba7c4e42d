//! The desired state.

use crate::model::address::AddressRange;
use crate::model::email::EmailAddress;
use crate::model::name::{ConnectionName, EnvironmentName, GroupName, ProfileName};
use crate::model::text::{FreeText, Guide};
use crate::model::time::Span;
use crate::ops::edit::{Change, ListChange};
use crate::ops::suspension::Suspend;
use crate::ops::token::Declared;

/// The desired state of a store. A property that is not declared stays unchanged.
#[derive(Default)]
pub struct Declaration {
    /// Environments.
    pub environments: Vec<Environment>,
    /// Connections.
    pub connections: Vec<Connection>,
    /// Profiles.
    pub profiles: Vec<Profile>,
    /// Tokens of these profiles.
    pub tokens: Vec<Declared>,
}

/// The desired state of an environment.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Its name.
    pub name: EnvironmentName,
    /// Description.
    pub description: Change<FreeText>,
    /// Whether it is the default.
    pub default: Option<bool>,
}

/// The desired state of a connection.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Its name.
    pub name: ConnectionName,
    /// Description.
    pub description: Change<FreeText>,
    /// The linked group.
    pub group: Change<GroupName>,
    /// The default and maximum lifetime of its tokens.
    pub token_lifetime: Change<Span>,
    /// Addresses it may be used from; cleared means any.
    pub allow_ip: Change<Vec<AddressRange>>,
    /// Addresses it may not be used from; cleared means no deny rules.
    pub deny_ip: Change<Vec<AddressRange>>,
    /// The walkthrough.
    pub guide: Change<Guide>,
    /// Whether it is blocked; the value is the operator's reason.
    pub block: Change<Option<FreeText>>,
}

/// The desired state of a profile.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Its name.
    pub name: ProfileName,
    /// The address that codes are mailed to.
    pub email: Change<EmailAddress>,
    /// Description.
    pub description: Change<FreeText>,
    /// The connections it may use.
    pub access: Option<Access>,
    /// The groups it is in.
    pub groups: Membership,
    /// Its suspension: the reason and the expiry.
    pub suspension: Change<Suspend>,
}

/// The connections that a profile may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Any, including those added later.
    Any,
    /// These, at least one.
    Only(Vec<ConnectionName>),
}

/// The groups that a profile is in.
#[derive(Debug, Clone)]
pub enum Membership {
    /// Exactly these.
    Exactly(Vec<GroupName>),
    /// Add these and remove those.
    Change(ListChange<GroupName>),
}

/// What happens to things that are not declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undeclared {
    /// They stay unchanged.
    Keep,
    /// They are removed (`--prune`).
    Remove,
}
