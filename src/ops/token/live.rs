//! The tokens that count: those that are not revoked or expired.

use std::rc::Rc;

use super::state;
use crate::barrier::{List, Reader};
use crate::error::Result;
use crate::model::id::RecordId;
use crate::model::profile::Profile;
use crate::model::token::{TokenRecord, TokenState};
use crate::ops::lookup::{self, Moment, Opened};

/// Whether a token holds its name: it is active, suspended, or pending within its deadline.
pub(in crate::ops) fn is_live(token: &TokenRecord, owner: &Profile, moment: Moment) -> bool {
    match state(token, owner, moment) {
        TokenState::Pending => token.pending_until.is_some_and(|end| moment.now < end),
        state => state.is_live(),
    }
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

/// Addresses of the live tokens that `concerned` picks, as `PROFILE/NAME`.
pub(in crate::ops) fn live_where(
    r: &mut Reader<'_>,
    moment: Moment,
    concerned: impl Fn(&TokenRecord) -> bool,
) -> Result<Vec<String>> {
    let mut addresses = Vec::new();
    each_live(r, moment, concerned, |r, opened, token| {
        addresses.push(super::summary(r, opened, moment, token)?.address());
        Ok(())
    })?;
    Ok(addresses)
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
