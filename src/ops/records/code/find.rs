//! Finds the codes that a profile has requested.

use super::budget;
use crate::barrier::{List, Reader};
use crate::error::Result;
use crate::model::id::RecordId;
use crate::model::otp::Exchange;

/// The bindings for which a profile has codes.
pub(in crate::ops) fn exchanges_of(
    r: &mut Reader<'_>,
    profile: RecordId,
) -> Result<Vec<(RecordId, Exchange)>> {
    let (_, budget) = budget::of(r, profile)?;
    let mut exchanges = Vec::new();
    for n in 0..budget.exchanges {
        let id = r.at(List::CodesOf(profile), n.into())?;
        exchanges.push((id, r.require(id)?));
    }
    Ok(exchanges)
}
