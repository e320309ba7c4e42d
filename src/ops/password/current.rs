//! Checks that a password is still the profile's current one.

use crate::barrier::Reader;
use crate::error::{Error, Result, Subject};
use crate::model::id::RecordId;
use crate::model::name::ProfileName;
use crate::model::password::Password;
use crate::model::profile::Profile;

/// The profile that was found by that name, unless it was deleted since.
pub(super) fn still_there(r: &mut Reader<'_>, id: RecordId, name: &ProfileName) -> Result<Profile> {
    let profile: Profile = r.require(id)?;
    match profile.deleted_at {
        None => Ok(profile),
        Some(_) => Err(Error::NotFound(Subject::Profile(name.clone()))),
    }
}

/// Whether this is still the profile's password.
pub(super) fn is_set(profile: &Profile, password: &Password) -> bool {
    profile
        .password
        .as_ref()
        .is_some_and(|current| current.phc == password.phc)
}
