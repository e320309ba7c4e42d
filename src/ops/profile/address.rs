//! The index from e-mail addresses to profiles: a list for each address.

use crate::barrier::{List, Reader, Unique, Writer};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::model::email::EmailAddress;
use crate::model::id::RecordId;
use crate::model::name::ProfileName;
use crate::model::otp::Pace;
use crate::model::profile::{Address, Profile};

/// Adds the profile to the list of its address, if it has one.
pub(super) fn enter(w: &mut Writer<'_>, id: RecordId, profile: &mut Profile) -> Result<()> {
    let Some(email) = &profile.email else {
        return Ok(());
    };
    let canonical = email.canonical();
    let (address_id, mut address) = if let Some(address_id) = w.find(Unique::Email(&canonical))? {
        (address_id, w.require::<Address>(address_id)?)
    } else {
        let address_id = w.fresh_id()?;
        w.index(Unique::Email(&canonical), address_id)?;
        (
            address_id,
            Address {
                address: canonical,
                profiles: 0,
                mailed: Vec::new(),
            },
        )
    };
    w.push(List::ProfilesAt(address_id), address.profiles, id)?;
    profile.address = Some((address_id, address.profiles));
    address.profiles += 1;
    w.put(address_id, &address)
}

/// Removes the profile from the list of its address, if it is in one. An address without profiles
/// that was mailed in the last day stays, so that its mails still count if a profile gets it again.
pub(super) fn leave(w: &mut Writer<'_>, profile: &mut Profile) -> Result<()> {
    let Some((address_id, position)) = profile.address.take() else {
        return Ok(());
    };
    let mut address: Address = w.require(address_id)?;
    let list = List::ProfilesAt(address_id);
    let left = address.profiles.checked_sub(1).ok_or_else(astray)?;
    ensure_last(w, address_id, left)?;
    w.pull::<Profile>(list, address.profiles, position, position_at_address)?;
    address.profiles = left;
    Pace::OF_AN_ADDRESS.forget(&mut address.mailed, w.now());
    if left > 0 || !address.mailed.is_empty() {
        return w.put(address_id, &address);
    }
    w.unindex(Unique::Email(&address.address))?;
    w.remove(address_id)
}

/// Names of the profiles with an e-mail address, without regard to case.
///
/// # Errors
///
/// As [`Core::read`].
pub fn with_email(core: &mut Core, email: &EmailAddress) -> Result<Vec<ProfileName>> {
    let canonical = email.canonical();
    core.read(|r| {
        let Some(address_id) = r.find(Unique::Email(&canonical))? else {
            return Ok(Vec::new());
        };
        let address: Address = r.require(address_id)?;
        let mut names = Vec::new();
        for n in 0..address.profiles {
            let id = r.at(List::ProfilesAt(address_id), n.into())?;
            let profile: Profile = r.require(id)?;
            if address.address != canonical || profile.address != Some((address_id, n)) {
                return Err(astray());
            }
            names.extend(profile.name);
        }
        names.sort_by_cached_key(ProfileName::canonical);
        Ok(names)
    })
}

/// The profile that will be moved is in this list, so [`position_at_address`] finds its position.
fn ensure_last(r: &mut Reader<'_>, address_id: RecordId, last: u32) -> Result<()> {
    let moved = r.at(List::ProfilesAt(address_id), last.into())?;
    let profile: Profile = r.require(moved)?;
    if profile.address == Some((address_id, last)) {
        Ok(())
    } else {
        Err(astray())
    }
}

fn position_at_address(profile: &mut Profile) -> &mut u32 {
    // The second case cannot occur: `ensure_last` has checked the address.
    match &mut profile.address {
        Some((_, position)) => position,
        None => &mut profile.position,
    }
}

fn astray() -> Error {
    Error::Integrity("the list of an e-mail address is inconsistent".to_owned())
}
