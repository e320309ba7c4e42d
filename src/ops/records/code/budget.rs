//! The attempts of a profile, which outlast its codes.

use crate::barrier::{Reader, Unique, Writer};
use crate::error::{Error, Result};
use crate::model::id::RecordId;
use crate::model::name::ProfileName;
use crate::model::otp::Budget;
use crate::model::time::Time;

/// Whose budget is debited for what is asked of nobody.
const NOBODY: RecordId = RecordId::from_bytes([0; 16]);

/// The budget of a profile; an untouched one if it has none yet.
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

/// Writes a budget down, where it was or for the first time.
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

/// Debits the budget that everybody shares who is not there, or has nothing to be tried.
pub(in crate::ops) fn debit_nobody(w: &mut Writer<'_>) -> Result<()> {
    let (id, mut budget) = of(w, NOBODY)?;
    let now = w.now();
    budget.debit(now);
    keep(w, id, &budget)
}

/// Refuses another try while the budget is spent.
pub(in crate::ops) fn ensure_open(budget: &Budget, name: &ProfileName, now: Time) -> Result<()> {
    if budget.is_locked() {
        return Err(Error::Locked(name.clone()));
    }
    budget
        .next_try(now)
        .map_or(Ok(()), |free| Err(Error::Throttled(free)))
}

/// Forgets what a profile tried, and with it a lock; says how many tries still counted.
pub(in crate::ops) fn forgive(w: &mut Writer<'_>, subject: RecordId) -> Result<usize> {
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

/// Holds the tries of a profile to what else is known of them.
pub(in crate::ops) fn count_again(
    w: &mut Writer<'_>,
    subject: RecordId,
    merge: impl FnOnce(&Budget) -> Option<Budget>,
) -> Result<()> {
    let (id, budget) = of(w, subject)?;
    merge(&budget).map_or(Ok(()), |merged| keep(w, id, &merged))
}
