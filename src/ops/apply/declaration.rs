//! What there is to be.

use crate::model::address::AddressRange;
use crate::model::email::EmailAddress;
use crate::model::name::{ConnectionName, EnvironmentName, GroupName, ProfileName};
use crate::model::text::{FreeText, Guide};
use crate::model::time::Span;
use crate::ops::edit::{Change, ListChange};
use crate::ops::suspension::Suspend;
use crate::ops::token::Declared;

/// What there is to be. What is not named of a thing stays as it is.
#[derive(Default)]
pub struct Declaration {
    /// Environments.
    pub environments: Vec<Environment>,
    /// Connections.
    pub connections: Vec<Connection>,
    /// Profiles.
    pub profiles: Vec<Profile>,
    /// Tokens, of these profiles.
    pub tokens: Vec<Declared>,
}

/// An environment as it is to be.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Its name.
    pub name: EnvironmentName,
    /// What it is.
    pub description: Change<FreeText>,
    /// Whether it is the default one.
    pub default: Option<bool>,
}

/// A connection as it is to be.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Its name.
    pub name: ConnectionName,
    /// What it is.
    pub description: Change<FreeText>,
    /// The linked group.
    pub group: Change<GroupName>,
    /// The lifetime of its tokens.
    pub token_lifetime: Change<Span>,
    /// Where it may be used from; cleared, from anywhere.
    pub allow_ip: Change<Vec<AddressRange>>,
    /// Where it may not be used from; cleared, there is no such rule.
    pub deny_ip: Change<Vec<AddressRange>>,
    /// The walkthrough.
    pub guide: Change<Guide>,
    /// Whether it is blocked, and why.
    pub block: Change<Option<FreeText>>,
}

/// A profile as it is to be.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Its name.
    pub name: ProfileName,
    /// Where codes are mailed.
    pub email: Change<EmailAddress>,
    /// What it is for.
    pub description: Change<FreeText>,
    /// Which connections it may use.
    pub access: Option<Access>,
    /// The groups it is in.
    pub groups: Membership,
    /// Whether it is suspended, why and until when.
    pub suspension: Change<Suspend>,
}

/// Which connections a profile may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Any, also those made later.
    Any,
    /// These, at least one.
    Only(Vec<ConnectionName>),
}

/// Which groups a profile is in.
#[derive(Debug, Clone)]
pub enum Membership {
    /// These and no others.
    Exactly(Vec<GroupName>),
    /// These too, and not those.
    Change(ListChange<GroupName>),
}

/// What becomes of things that are not declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undeclared {
    /// They stay.
    Keep,
    /// They go (`--prune`).
    Remove,
}
