//! The verdict on a profile whose password is presented instead of a token.

use super::facts::NamedReferents;
use super::verdict::Asked;
use crate::barrier::List;
use crate::core::Core;
use crate::error::Result;
use crate::model::id::{RecordId, TokenId};
use crate::model::name::ProfileName;
use crate::model::profile::Profile;
use crate::model::token::TokenRecord;
use crate::model::verdict::{self, Facts, Reason};
use crate::ops::password::PasswordStamp;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::lookup;
use crate::ops::records::token::dummy_record;

/// The verdict on a profile, for a caller that proves to know its password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileVerdict {
    /// Why not, or `valid`. It says nothing about the password.
    pub reason: Reason,
    /// The profile's name, as it is stored.
    pub profile: ProfileName,
    /// The password that counts now; `None` if it has none.
    pub password: Option<PasswordStamp>,
}

/// Judges a profile for a use, by the rule for its tokens: as if it had one without expiry, bound to
/// nothing. `None` if there is no such profile.
///
/// # Errors
///
/// As [`judge`](super::judge()).
pub fn judge_profile(
    core: &mut Core,
    name: &ProfileName,
    asked: &Asked,
) -> Result<Option<ProfileVerdict>> {
    let now = core.now();
    core.read(|r| {
        let clocks = Clocks::new(r, now);
        let named = NamedReferents::resolve(r, asked)?;
        let any = r.at(List::Environments, 0)?;
        let Some((id, profile)) = lookup::find::<Profile>(r, name)? else {
            return Ok(None);
        };
        let token = unbound(id, named.environment.unwrap_or(any))?;
        let reason = verdict::judge(&Facts {
            token: &token,
            profile: &profile,
            parent: None,
            connection: named
                .connection
                .as_ref()
                .map(|(_, connection)| &**connection),
            connection_id: named.connection.as_ref().map(|(id, _)| *id),
            named_connection: named.connection.as_ref().map(|(id, _)| *id),
            environment: named.environment,
            device: asked.device.as_ref(),
            caller: asked.caller,
            now: clocks.now,
            latest: clocks.latest,
        });
        let password = profile.password.as_ref().map(PasswordStamp::of);
        Ok(profile.name.map(|profile| ProfileVerdict {
            reason,
            profile,
            password,
        }))
    })
}

/// A token that leaves every check to its profile and to the connection that is named.
fn unbound(owner: RecordId, environment: RecordId) -> Result<TokenRecord> {
    let record = dummy_record(TokenId::new(0), environment, 0)?;
    Ok(TokenRecord { owner, ..record })
}
