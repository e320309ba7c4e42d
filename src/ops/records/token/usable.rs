//! Which connections a profile may be issued tokens for.

use crate::error::{Error, Refusal, Result};
use crate::model::connection::Connection;
use crate::model::id::RecordId;
use crate::model::profile::Profile;

/// Refuses a connection that a profile may not be issued tokens for.
pub(in crate::ops) fn ensure_usable(
    profile: &Profile,
    id: RecordId,
    connection: &Connection,
) -> Result<()> {
    let name = profile
        .name
        .clone()
        .ok_or(Error::Bug("a deleted profile is given a token"))?;
    let used = connection.name.clone();
    if !profile.may_use(id) {
        return Err(Refusal::NotAllowed {
            profile: name,
            connection: used,
        }
        .into());
    }
    if let Some(group) = connection.group.clone()
        && !connection.admits(profile)
    {
        return Err(Refusal::NotAMember {
            profile: name,
            connection: used,
            group,
        }
        .into());
    }
    if connection.blocked.is_some() {
        return Err(Refusal::State(format!("connection `{used}` is blocked")).into());
    }
    Ok(())
}
