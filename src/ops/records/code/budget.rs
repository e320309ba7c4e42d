//! The budget of attempts of a profile, which outlasts its codes.

use crate::barrier::{Reader, Unique, Writer};
use crate::error::{Error, Result};
use crate::model::id::RecordId;
use crate::model::name::ProfileName;
use crate::model::otp::Budget;
use crate::model::time::Time;

/// The owner of the budget that is debited for unknown profiles.
const SHARED: RecordId = RecordId::from_bytes([0; 16]);

/// The budget of a profile; a new one if it has none yet.
pub(in crate::ops) fn of(
    r: &mut Reader<'_>,
    subject: RecordId,
) -> Result<(Option<RecordId>, Budget)> {
    let Some(id) = r.find(Unique::Budget(subject))? else {
        return Ok((None, Budget::new(subject)));
    };
    let budget: Budget = r.require(id)?;
    if budget.subject != subject {
        return Err(Error::Integrity(
            "a budget points to another profile".to_owned(),
        ));
    }
    Ok((Some(id), budget))
}

/// Stores a budget, replacing the profile's earlier one.
pub(in crate::ops) fn keep(
    w: &mut Writer<'_>,
    id: Option<RecordId>,
    budget: &Budget,
) -> Result<()> {
    if let Some(id) = id {
        return w.put(id, budget);
    }
    let id = w.fresh_id()?;
    w.add(id, budget)?;
    w.index(Unique::Budget(budget.subject), id)
}

/// Debits the budget shared by unknown profiles and by those without a pending code.
pub(in crate::ops) fn debit_shared(w: &mut Writer<'_>) -> Result<()> {
    let (id, mut budget) = of(w, SHARED)?;
    let now = w.now();
    budget.debit(now);
    keep(w, id, &budget)
}

/// Refuses an attempt while the budget is spent.
pub(in crate::ops) fn ensure_open(budget: &Budget, name: &ProfileName, now: Time) -> Result<()> {
    if budget.is_locked() {
        return Err(Error::Locked(name.clone()));
    }
    budget
        .next_attempt(now)
        .map_or(Ok(()), |free| Err(Error::Throttled(free)))
}

/// Resets a profile's attempts, and with them a lock; returns how many still counted.
pub(in crate::ops) fn reset(w: &mut Writer<'_>, subject: RecordId) -> Result<usize> {
    let (id, mut budget) = of(w, subject)?;
    let failures = usize::try_from(budget.failures).unwrap_or(usize::MAX);
    let counted = failures.max(budget.tries.len());
    if counted > 0 {
        budget.failures = 0;
        budget.tries = Vec::new();
        keep(w, id, &budget)?;
    }
    Ok(counted)
}

/// Merges the attempts that another state of the store has counted.
pub(in crate::ops) fn count_again(
    w: &mut Writer<'_>,
    subject: RecordId,
    merge: impl FnOnce(&Budget) -> Option<Budget>,
) -> Result<()> {
    let (id, budget) = of(w, subject)?;
    merge(&budget).map_or(Ok(()), |merged| keep(w, id, &merged))
}
