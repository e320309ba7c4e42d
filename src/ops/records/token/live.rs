//! Live tokens: those that are neither revoked nor expired.

use std::rc::Rc;

use super::state::is_live;
use super::summary;
use crate::barrier::Reader;
use crate::error::{Dependent, Result};
use crate::model::id::RecordId;
use crate::model::profile::Profile;
use crate::model::token::TokenRecord;
use crate::ops::records::cache::ReferentCache;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::lookup;

/// Visits the live tokens that `concerned` selects.
pub(in crate::ops) fn each_live(
    r: &mut Reader<'_>,
    clocks: Clocks,
    concerned: impl Fn(&TokenRecord) -> bool,
    mut visit: impl FnMut(&mut Reader<'_>, &mut ReferentCache, (RecordId, &TokenRecord)) -> Result<()>,
) -> Result<()> {
    let mut cache = ReferentCache::default();
    lookup::each::<TokenRecord>(r, |r, id, token| {
        if !concerned(&token) {
            return Ok(());
        }
        let owner: Rc<Profile> = cache.profiles.open(r, token.owner)?;
        if is_live(&token, &owner, clocks) {
            visit(r, &mut cache, (id, &token))
        } else {
            Ok(())
        }
    })
}

/// The addresses of the live tokens that `concerned` selects, as `PROFILE/NAME`.
pub(in crate::ops) fn live_where(
    r: &mut Reader<'_>,
    clocks: Clocks,
    concerned: impl Fn(&TokenRecord) -> bool,
) -> Result<Vec<Dependent>> {
    let mut found = Vec::new();
    each_live(r, clocks, concerned, |r, cache, token| {
        found.push(Dependent::Token(
            summary(r, cache, clocks, token)?.addressed(),
        ));
        Ok(())
    })?;
    Ok(found)
}
