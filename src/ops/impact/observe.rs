//! A change is made in a transaction that is rolled back, and what it stops and opens is observed.

use super::changed::ChangedRecords;
use super::reach::Comparison;
use super::summary::Impact;
use super::{codes, openings};
use crate::barrier::Writer;
use crate::clock::BootTime;
use crate::core::Core;
use crate::error::Result;

/// What a change comes to, and what it would stop and open; nothing of it is kept.
pub(in crate::ops) fn foresee<T>(
    core: &mut Core,
    mut change: impl FnMut(&mut Writer<'_>) -> Result<T>,
) -> Result<(T, Impact)> {
    let boot = core.clock.boot();
    core.rehearse(|w| {
        w.keep_originals();
        let value = change(w)?;
        Ok((value, observe(w, boot)?))
    })
}

/// What the changes stop and open that a transaction has made since [`Writer::keep_originals`].
pub(in crate::ops) fn observe(w: &mut Writer<'_>, boot: BootTime) -> Result<Impact> {
    w.flush()?;
    let changed = ChangedRecords::of(w)?;
    let codes = codes::stopped(w, &changed, boot)?;
    let opens = openings::of(w, &changed)?;
    let password = changed.stops_a_password(w.now());
    let mut impact = Impact {
        password,
        codes,
        opens,
        ..Impact::default()
    };
    let now = w.now();
    Comparison::new(w, &changed, now)?.each(w, &mut |id, address, shift| {
        impact.add(id, address, shift);
    })?;
    Ok(impact)
}
