//! The first few names of many.

use crate::error::{Dependent, Dependents};

/// The number of names kept.
const NAMED: usize = 10;

/// Inserts a name into the first ones, which are in alphabetical order.
pub(super) fn name(first: &mut Vec<String>, name: String) {
    let at = first.partition_point(|other| *other <= name);
    if at < NAMED {
        first.insert(at, name);
        first.truncate(NAMED);
    }
}

/// The dependents for a refusal: the first few, and how many more.
pub(in crate::ops) fn some_of(mut all: Vec<Dependent>) -> Dependents {
    all.sort_by_cached_key(ToString::to_string);
    let more = all.len().saturating_sub(NAMED);
    all.truncate(NAMED);
    Dependents { named: all, more }
}
