//! Profiles: API users.

use serde::{Deserialize, Serialize};

use super::email::EmailAddress;
use super::id::RecordId;
use super::name::{GroupName, ProfileName};
use super::password::Password;
use super::text::FreeText;
use super::time::Time;
use super::token::SessionBudget;

/// An API user, or the tombstone of one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Profile {
    /// The name; `None` once deleted.
    pub name: Option<ProfileName>,
    /// The address that codes are mailed to.
    pub email: Option<EmailAddress>,
    /// Description.
    pub description: Option<FreeText>,
    /// Groups, ascending by canonical name, each once.
    pub groups: Vec<GroupName>,
    /// The connections it may use; `None` means any.
    pub restriction: Option<Vec<RecordId>>,
    /// Its suspension, if it is suspended.
    pub suspended: Option<Suspension>,
    /// The password.
    pub password: Option<Password>,
    /// Failed sign-ins since the last successful one.
    pub failures: Failures,
    /// Time of creation.
    pub created_at: Time,
    /// When anything but its tokens last changed.
    pub updated_at: Time,
    /// Time of deletion.
    pub deleted_at: Option<Time>,
    /// The number of its tokens that still have a record, tombstones included.
    pub tokens: u32,
    /// Its position in the list of profiles.
    pub position: u32,
    /// Its address record, and its position in that record's list.
    pub address: Option<(RecordId, u32)>,
    /// The last passwords generated for it, newest last. They identify a file's content as a secret
    /// of this store.
    pub generated: Vec<GeneratedPassword>,
    /// How many session tokens were made for it lately.
    pub sessions: SessionBudget,
}

/// The stored record of a generated password, whether or not it was set; never the password itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneratedPassword {
    /// Its MAC.
    pub mac: [u8; 32],
    /// The id of the MAC key.
    pub kid: u32,
}

impl std::fmt::Debug for GeneratedPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GeneratedPassword(..)")
    }
}

impl Profile {
    /// Whether it may use that connection: it has no restriction, or the restriction names it.
    pub fn may_use(&self, connection: RecordId) -> bool {
        self.restriction
            .as_ref()
            .is_none_or(|list| list.contains(&connection))
    }

    /// Whether it is in that group.
    pub fn is_member_of(&self, group: &GroupName) -> bool {
        self.groups.iter().any(|own| own.same_as(group))
    }

    /// Whether it is suspended at `now`, a moment of the real clock.
    pub fn is_suspended(&self, now: Time) -> bool {
        self.suspended
            .as_ref()
            .is_some_and(|suspension| suspension.holds(now))
    }
}

/// A suspension of a profile or a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// When it was suspended.
    pub at: Time,
    /// The operator's reason.
    pub reason: Option<FreeText>,
    /// When the suspension expires by itself.
    pub until: Option<Time>,
}

impl Suspension {
    /// Whether it is in force at `now`, a moment of the real clock: the latest time the store has
    /// seen may be ahead, and would end suspensions early.
    pub fn holds(&self, now: Time) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// Consecutive failed password attempts (`docs/file-format.md`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failures {
    /// Attempts since the last successful one, each debited before hashing.
    pub count: u32,
    /// When the last attempt was debited.
    pub last: Option<Time>,
}

/// An e-mail address in use, by its canonical form. It lists the profiles that have it and counts
/// the codes mailed to it for any of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Address {
    /// The canonical address.
    pub address: String,
    /// The number of profiles that have it.
    pub profiles: u32,
    /// When codes were mailed to it in the last day, oldest first.
    pub mailed: Vec<Time>,
}
