//! Drafts of new profiles, and edits of existing ones.

use crate::model::email::EmailAddress;
use crate::model::name::{ConnectionName, GroupName, ProfileName};
use crate::model::text::FreeText;
use crate::ops::edit::{Change, ListChange};
use crate::secret::SecretText;

/// The properties of a new profile.
#[derive(Debug)]
pub struct Draft {
    /// Its name.
    pub name: ProfileName,
    /// The address that codes are mailed to.
    pub email: Option<EmailAddress>,
    /// Description.
    pub description: Option<FreeText>,
    /// The connections it may use, which must exist; empty means any.
    pub connections: Vec<ConnectionName>,
    /// The groups it is in.
    pub groups: Vec<GroupName>,
    /// Its password.
    pub password: Option<SecretText>,
}

impl Draft {
    /// A draft with that name that may use any connection.
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

/// Changes to a profile.
#[derive(Debug, Clone, Default)]
pub struct Edits {
    /// The address that codes are mailed to.
    pub email: Change<EmailAddress>,
    /// Description.
    pub description: Change<FreeText>,
    /// The connections it may use.
    pub connections: ListChange<ConnectionName>,
    /// Lifts the restriction: it may use any connection, including those added later.
    pub any_connection: bool,
    /// The groups it is in.
    pub groups: ListChange<GroupName>,
    /// Its new name.
    pub rename: Option<ProfileName>,
    /// Resets failed sign-ins, and with them a lock.
    pub unlock: bool,
}
