//! The tokens that count: those that are not revoked or expired.

use std::rc::Rc;

use super::state;
use crate::barrier::{List, Reader, Unique};
use crate::error::{Dependent, Refusal, Result};
use crate::model::id::RecordId;
use crate::model::name::TokenName;
use crate::model::profile::Profile;
use crate::model::token::{TokenRecord, TokenState};
use crate::ops::lookup::{self, Moment, Opened};

/// Whether a token holds its name: it is active, suspended, or pending within its deadline.
pub(in crate::ops) fn is_live(token: &TokenRecord, owner: &Profile, moment: Moment) -> bool {
    match state(token, owner, moment) {
        TokenState::Pending => token.pending.is_some_and(|it| moment.now < it.until),
        state => state.is_live(),
    }
}

/// The live token of a profile that holds a name, if there is one.
pub(in crate::ops) fn name_holder(
    r: &mut Reader<'_>,
    (owner, profile): (RecordId, &Profile),
    name: &TokenName,
    moment: Moment,
) -> Result<Option<TokenRecord>> {
    let Some(id) = r.find(Unique::TokenName(owner, &name.canonical()))? else { return Ok(None) };
    let holder: TokenRecord = r.require(id)?;
    Ok(is_live(&holder, profile, moment).then_some(holder))
}

/// `base`, or with a number after it, so that no live token of the profile holds it.
///
/// The number is found by doubling and halving, so that it takes few steps however many there are;
/// it need not be the least.
pub(in crate::ops) fn free_name(
    r: &mut Reader<'_>,
    owner: (RecordId, &Profile),
    base: &TokenName,
    moment: Moment,
) -> Result<TokenName> {
    let mut is_free = |number| -> Result<bool> {
        Ok(name_holder(r, owner, &base.numbered(number), moment)?.is_none())
    };
    let (mut taken, mut free) = (0_u32, 1_u32);
    while !is_free(free)? {
        (taken, free) = (free, free.checked_mul(2).ok_or(Refusal::Limit("no name is left"))?);
    }
    while free - taken > 1 {
        let middle = taken + (free - taken) / 2;
        if is_free(middle)? { free = middle } else { taken = middle }
    }
    Ok(base.numbered(free))
}

/// Visits the live tokens of the store that `concerned` picks.
pub(in crate::ops) fn each_live(
    r: &mut Reader<'_>,
    moment: Moment,
    concerned: impl Fn(&TokenRecord) -> bool,
    mut visit: impl FnMut(&mut Reader<'_>, &mut Opened, &TokenRecord) -> Result<()>,
) -> Result<()> {
    let mut opened = Opened::default();
    lookup::each::<TokenRecord>(r, |r, _, token| {
        if !concerned(&token) {
            return Ok(());
        }
        let owner: Rc<Profile> = opened.profiles.open(r, token.owner)?;
        if is_live(&token, &owner, moment) { visit(r, &mut opened, &token) } else { Ok(()) }
    })
}

/// The live tokens that `concerned` picks.
pub(in crate::ops) fn live_where(
    r: &mut Reader<'_>,
    moment: Moment,
    concerned: impl Fn(&TokenRecord) -> bool,
) -> Result<Vec<Dependent>> {
    let mut found = Vec::new();
    each_live(r, moment, concerned, |r, opened, token| {
        found.push(Dependent::Token(super::summary(r, opened, moment, token)?.addressed()));
        Ok(())
    })?;
    Ok(found)
}

/// All tokens of a profile, tombstones included.
pub(in crate::ops) fn of_profile(
    r: &mut Reader<'_>,
    owner: RecordId,
    count: u32,
) -> Result<Vec<(RecordId, TokenRecord)>> {
    let mut tokens = Vec::new();
    for n in 0..u64::from(count) {
        let id = r.at(List::TokensOf(owner), n)?;
        tokens.push((id, r.require(id)?));
    }
    Ok(tokens)
}
