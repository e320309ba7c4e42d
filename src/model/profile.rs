//! A profile: an API user.

use serde::{Deserialize, Serialize};

use super::email::EmailAddress;
use super::id::RecordId;
use super::name::{GroupName, ProfileName};
use super::password::Password;
use super::text::FreeText;
use super::time::Time;

/// An API user, or the tombstone of one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Profile {
    /// The name; `None` once deleted.
    pub name: Option<ProfileName>,
    /// Where codes are mailed.
    pub email: Option<EmailAddress>,
    /// What it is for.
    pub description: Option<FreeText>,
    /// Groups, ascending by canonical name, each once.
    pub groups: Vec<GroupName>,
    /// Which connections it may use; `None` is any.
    pub restriction: Option<Vec<RecordId>>,
    /// When it was suspended, if it was.
    pub suspended: Option<Suspension>,
    /// The password and its failures.
    pub password: Option<Password>,
    /// Failed sign-ins since the last good one.
    pub failures: Failures,
    /// When it was made.
    pub created_at: Time,
    /// When anything but its tokens last changed.
    pub updated_at: Time,
    /// When it was deleted.
    pub deleted_at: Option<Time>,
    /// How many tokens it ever had that still have a record, tombstones included.
    pub tokens: u32,
    /// Its place in the list of profiles.
    pub position: u32,
    /// Its address record and its place in that list.
    pub address: Option<(RecordId, u32)>,
    /// The last passwords that were made for it, by which a file that holds one is known to hold a
    /// secret of this store; the newest last.
    pub generated: Vec<GeneratedPassword>,
}

/// What is kept of a password that was made, whether or not it was set: never the password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneratedPassword {
    /// Its MAC.
    pub mac: [u8; 32],
    /// The key of the MAC.
    pub kid: u32,
}

impl std::fmt::Debug for GeneratedPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GeneratedPassword(..)")
    }
}

impl Profile {
    /// Whether its restriction, if it has one, names that connection.
    pub fn may_use(&self, connection: RecordId) -> bool {
        self.restriction
            .as_ref()
            .is_none_or(|list| list.contains(&connection))
    }

    /// Whether it is in that group.
    pub fn is_member_of(&self, group: &GroupName) -> bool {
        self.groups.iter().any(|own| own.same_as(group))
    }
}

/// A suspension of a profile or a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// Since when.
    pub at: Time,
    /// Why.
    pub reason: Option<FreeText>,
    /// When it ends by itself.
    pub until: Option<Time>,
}

impl Suspension {
    /// Whether it is in force at `now`, a moment of the real clock: one that runs ahead of
    /// `wall_max` would end suspensions early.
    pub fn holds(&self, now: Time) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// Failed password tries in a row (`docs/file-format.md`, store.md 11).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failures {
    /// Tries since the last good one, debited before hashing.
    pub count: u32,
    /// When the last one was debited.
    pub last: Option<Time>,
}

/// One e-mail address in use, by canonical address; it lists its profiles, and counts the codes that
/// are mailed there for any of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Address {
    /// The address, canonical.
    pub address: String,
    /// How many profiles have it.
    pub profiles: u32,
    /// When codes were mailed there in the last day, oldest first.
    pub mailed: Vec<Time>,
}
