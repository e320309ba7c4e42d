//! Makes a change in a transaction that is rolled back, and reports its impact.

use super::changed::ChangedRecords;
use super::reach::Comparison;
use super::summary::Impact;
use super::{codes, openings};
use crate::barrier::Writer;
use crate::clock::BootTime;
use crate::core::Core;
use crate::error::Result;

/// The result of a change and its impact; everything is rolled back.
pub(in crate::ops) fn preview<T>(
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

/// The impact of the changes that a transaction has made since [`Writer::keep_originals`].
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
    Comparison::new(w, &changed, now)?.each(w, &mut |token, address, shift| {
        impact.add(token, address, shift);
    })?;
    Ok(impact)
}
