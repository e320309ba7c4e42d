//! What a profile is to be, and what is to change in one.

use crate::model::email::EmailAddress;
use crate::model::name::{ConnectionName, GroupName, ProfileName};
use crate::model::text::FreeText;
use crate::ops::edit::{Change, ListChange};
use crate::secret::SecretText;

/// What a profile is to be.
#[derive(Debug)]
pub struct Draft {
    /// Its name.
    pub name: ProfileName,
    /// Where codes are mailed.
    pub email: Option<EmailAddress>,
    /// What it is for.
    pub description: Option<FreeText>,
    /// The connections it may use, which exist; none is any.
    pub connections: Vec<ConnectionName>,
    /// The groups it is in.
    pub groups: Vec<GroupName>,
    /// Its password.
    pub password: Option<SecretText>,
}

impl Draft {
    /// A profile of that name that may use any connection.
    pub fn new(name: ProfileName) -> Self {
        Self {
            name,
            email: None,
            description: None,
            connections: Vec::new(),
            groups: Vec::new(),
            password: None,
        }
    }
}

/// What is to change in a profile.
#[derive(Debug, Clone, Default)]
pub struct Edits {
    /// Where codes are mailed.
    pub email: Change<EmailAddress>,
    /// What it is for.
    pub description: Change<FreeText>,
    /// The connections it may use.
    pub connections: ListChange<ConnectionName>,
    /// Lifts the restriction: it may use any connection, also those made later.
    pub any_connection: bool,
    /// The groups it is in.
    pub groups: ListChange<GroupName>,
    /// Its new name.
    pub rename: Option<ProfileName>,
    /// Forgets failed sign-ins, and with them a lock.
    pub unlock: bool,
}
