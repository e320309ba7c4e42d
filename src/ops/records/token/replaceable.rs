//! Which tokens may be replaced.

use super::find::by_id;
use super::state::{is_live, state};
use crate::backend::Fault;
use crate::barrier::{Reader, Unique, Writer};
use crate::error::{Error, Existing, Refusal, Result};
use crate::model::id::RecordId;
use crate::model::profile::Profile;
use crate::model::text::Device;
use crate::model::token::{Pending, TokenAddress, TokenRecord, TokenState};
use crate::ops::records::clocks::Clocks;

/// Refuses to replace a token that is not valid itself, or has already been replaced.
pub(in crate::ops) fn ensure_replaceable(w: &mut Writer<'_>, old: &TokenRecord) -> Result<()> {
    if old.session.is_some() {
        let kind = "a session token expires soon and cannot be replaced";
        return Err(Refusal::State(kind.to_owned()).into());
    }
    let clocks = Clocks::new(w, w.now());
    let profile: Profile = w.require(old.owner)?;
    match state(old, &profile, clocks) {
        TokenState::Active => {}
        TokenState::Pending => return Err(Fault::Busy.into()),
        ended => {
            let address = TokenAddress::Id(old.public);
            return Err(Refusal::TokenEnded(address, ended.word()).into());
        }
    }
    let Some(successor) = old.successor else {
        return Ok(());
    };
    match by_id(w, successor)? {
        Some((
            _,
            TokenRecord {
                pending: Some(Pending { until, .. }),
                name: token,
                ..
            },
        )) => Err(Error::Delivering { token, until }),
        Some((_, new)) if is_live(&new, &profile, clocks) => {
            Err(Error::Exists(Existing::Successor {
                token: old.public,
                successor,
            }))
        }
        _ => Ok(()),
    }
}

/// Refuses a name or a device that another live token has.
pub(in crate::ops) fn ensure_holds_name(
    w: &mut Writer<'_>,
    record_id: RecordId,
    old: &TokenRecord,
) -> Result<()> {
    let profile: Profile = w.require(old.owner)?;
    let name = old.name.canonical();
    let device = old.device.as_ref().map(Device::canonical);
    let device = device
        .as_deref()
        .map(|device| Unique::Device(old.owner, old.connection, device));
    for entry in [Some(Unique::TokenName(old.owner, &name)), device]
        .into_iter()
        .flatten()
    {
        let Some(holder) = w.find(entry)?.filter(|holder| *holder != record_id) else {
            continue;
        };
        let holder: TokenRecord = w.require(holder)?;
        if is_live(&holder, &profile, Clocks::new(w, w.now())) {
            let owner = profile
                .name
                .ok_or(Error::Bug("a deleted profile has a live token"))?;
            return Err(Error::Exists(Existing::Token(owner, holder.name)));
        }
    }
    Ok(())
}

/// Refuses to complete a rotation if somebody has stopped the old token since it began: whoever did
/// wanted to stop the token of that name. An old token that has expired meanwhile is replaced all
/// the same.
pub(in crate::ops) fn ensure_not_stopped(
    r: &mut Reader<'_>,
    old: &TokenRecord,
    clocks: Clocks,
) -> Result<()> {
    let profile: Profile = r.require(old.owner)?;
    let is_revoked = state(old, &profile, clocks) == TokenState::Revoked;
    let is_suspended = old
        .suspended
        .as_ref()
        .is_some_and(|suspension| suspension.holds(clocks.now));
    let stopped = match (is_revoked, is_suspended) {
        (true, _) => TokenState::Revoked,
        (false, true) => TokenState::Suspended,
        (false, false) => return Ok(()),
    };
    Err(Refusal::TokenEnded(TokenAddress::Id(old.public), stopped.word()).into())
}
