//! Shows one token.

use crate::core::Core;
use crate::error::Result;
use crate::ops::records::cache::ReferentCache;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::token::{Summary, Target, find, summary};

/// The summary of one token. Tombstones are found by id.
///
/// # Errors
///
/// There is no token of that name, id or secret.
pub fn show(core: &mut Core, target: &Target) -> Result<Summary> {
    let now = core.now();
    core.read(|r| {
        let clocks = Clocks::new(r, now);
        let (id, token) = find(r, target)?;
        summary(r, &mut ReferentCache::default(), clocks, (id, &token))
    })
}
