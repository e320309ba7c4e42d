//! The tokens that count: those that are not revoked or expired.

use std::rc::Rc;

use super::state::is_live;
use super::summary;
use crate::barrier::Reader;
use crate::error::{Dependent, Result};
use crate::model::profile::Profile;
use crate::model::token::TokenRecord;
use crate::ops::records::cache::ReferentCache;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::lookup;

/// Visits the live tokens of the store that `concerned` picks.
pub(in crate::ops) fn each_live(
    r: &mut Reader<'_>,
    moment: Clocks,
    concerned: impl Fn(&TokenRecord) -> bool,
    mut visit: impl FnMut(&mut Reader<'_>, &mut ReferentCache, &TokenRecord) -> Result<()>,
) -> Result<()> {
    let mut opened = ReferentCache::default();
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
    moment: Clocks,
    concerned: impl Fn(&TokenRecord) -> bool,
) -> Result<Vec<Dependent>> {
    let mut found = Vec::new();
    each_live(r, moment, concerned, |r, opened, token| {
        found.push(Dependent::Token(summary(r, opened, moment, token)?.addressed()));
        Ok(())
    })?;
    Ok(found)
}
