//! Names and devices of a profile's tokens.

use super::state::is_live;
use crate::barrier::{Reader, Unique, Writer};
use crate::error::{Refusal, Result};
use crate::model::id::RecordId;
use crate::model::name::TokenName;
use crate::model::profile::Profile;
use crate::model::text::Device;
use crate::model::token::TokenRecord;
use crate::ops::records::clocks::Clocks;

/// The live token of a profile that has a name, if there is one.
pub(in crate::ops) fn name_holder(
    r: &mut Reader<'_>,
    (owner, profile): (RecordId, &Profile),
    name: &TokenName,
    clocks: Clocks,
) -> Result<Option<TokenRecord>> {
    let Some(id) = r.find(Unique::TokenName(owner, &name.canonical()))? else {
        return Ok(None);
    };
    let holder: TokenRecord = r.require(id)?;
    Ok(is_live(&holder, profile, clocks).then_some(holder))
}

/// `base`, or `base` with a number, so that no live token of the profile has that name.
///
/// The number is found by doubling and bisection, so that it takes few steps however many there
/// are; it need not be the smallest.
pub(in crate::ops) fn free_name(
    r: &mut Reader<'_>,
    owner: (RecordId, &Profile),
    base: &TokenName,
    clocks: Clocks,
) -> Result<TokenName> {
    let mut is_free = |number| -> Result<bool> {
        Ok(name_holder(r, owner, &base.numbered(number), clocks)?.is_none())
    };
    let mut taken = 0_u32;
    let mut free = 1_u32;
    while !is_free(free)? {
        (taken, free) = (
            free,
            free.checked_mul(2)
                .ok_or(Refusal::Limit("all names are taken"))?,
        );
    }
    while free - taken > 1 {
        let middle = taken + (free - taken) / 2;
        if is_free(middle)? {
            free = middle;
        } else {
            taken = middle;
        }
    }
    Ok(base.numbered(free))
}

/// Assigns a token its name and its device, even if other tokens had them.
pub(in crate::ops) fn claim_names(
    w: &mut Writer<'_>,
    id: RecordId,
    token: &TokenRecord,
) -> Result<()> {
    w.reindex(Unique::TokenName(token.owner, &token.name.canonical()), id)?;
    // A session token has the device of the token that it was made from, which holds it.
    let Some(device) = token.device.as_ref().filter(|_| token.session.is_none()) else {
        return Ok(());
    };
    w.reindex(
        Unique::Device(token.owner, token.connection, &device.canonical()),
        id,
    )
}

/// Releases the name and the device of a tombstone. An expired token may already have lost its own
/// to a later one.
pub(in crate::ops) fn release_names(
    w: &mut Writer<'_>,
    id: RecordId,
    token: &TokenRecord,
) -> Result<()> {
    let name = token.name.canonical();
    let device = token.device.as_ref().map(Device::canonical);
    let device = device.as_deref();
    let device = device.map(|device| Unique::Device(token.owner, token.connection, device));
    for held in [Some(Unique::TokenName(token.owner, &name)), device]
        .into_iter()
        .flatten()
    {
        if w.find(held)? == Some(id) {
            w.unindex(held)?;
        }
    }
    Ok(())
}
