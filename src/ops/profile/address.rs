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
    let (place, mut address) = if let Some(place) = w.find(Unique::Email(&canonical))? {
        (place, w.require::<Address>(place)?)
    } else {
        let place = w.fresh_id()?;
        w.index(Unique::Email(&canonical), place)?;
        (
            place,
            Address {
                address: canonical,
                profiles: 0,
                mailed: Vec::new(),
            },
        )
    };
    w.push(List::ProfilesAt(place), address.profiles, id)?;
    profile.address = Some((place, address.profiles));
    address.profiles += 1;
    w.put(place, &address)
}

/// Removes the profile from the list of its address, if it is in one. An address without profiles
/// that was mailed in the last day stays, so that its mails still count if a profile gets it again.
pub(super) fn leave(w: &mut Writer<'_>, profile: &mut Profile) -> Result<()> {
    let Some((place, position)) = profile.address.take() else {
        return Ok(());
    };
    let mut address: Address = w.require(place)?;
    let list = List::ProfilesAt(place);
    let left = address.profiles.checked_sub(1).ok_or_else(astray)?;
    ensure_last(w, place, left)?;
    w.pull::<Profile>(list, address.profiles, position, position_at_address)?;
    address.profiles = left;
    Pace::OF_AN_ADDRESS.forget(&mut address.mailed, w.now());
    if left > 0 || !address.mailed.is_empty() {
        return w.put(place, &address);
    }
    w.unindex(Unique::Email(&address.address))?;
    w.remove(place)
}

/// Names of the profiles with an e-mail address, without regard to case.
pub fn with_email(core: &mut Core, email: &EmailAddress) -> Result<Vec<ProfileName>> {
    let canonical = email.canonical();
    core.read(|r| {
        let Some(place) = r.find(Unique::Email(&canonical))? else {
            return Ok(Vec::new());
        };
        let address: Address = r.require(place)?;
        let mut names = Vec::new();
        for n in 0..address.profiles {
            let id = r.at(List::ProfilesAt(place), n.into())?;
            let profile: Profile = r.require(id)?;
            if address.address != canonical || profile.address != Some((place, n)) {
                return Err(astray());
            }
            names.extend(profile.name);
        }
        names.sort_by_cached_key(ProfileName::canonical);
        Ok(names)
    })
}

/// The profile that will be moved is in this list, so [`position_at_address`] finds its position.
fn ensure_last(r: &mut Reader<'_>, place: RecordId, last: u32) -> Result<()> {
    let moved = r.at(List::ProfilesAt(place), last.into())?;
    let profile: Profile = r.require(moved)?;
    if profile.address == Some((place, last)) {
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
    Error::Integrity("the list of an e-mail address leads astray".to_owned())
}
