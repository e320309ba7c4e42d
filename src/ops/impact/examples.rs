//! The first few names of many.

use crate::error::{Dependent, Dependents};

/// How many are named.
const NAMED: usize = 10;

/// Adds a name to the first ones, which are in the order of the alphabet.
pub(super) fn name(first: &mut Vec<String>, name: String) {
    let at = first.partition_point(|other| *other <= name);
    if at < NAMED {
        first.insert(at, name);
        first.truncate(NAMED);
    }
}

/// The dependents for a refusal: the first few, and how many more there are.
pub(in crate::ops) fn some_of(mut all: Vec<Dependent>) -> Dependents {
    all.sort_by_cached_key(ToString::to_string);
    let more = all.len().saturating_sub(NAMED);
    all.truncate(NAMED);
    Dependents { named: all, more }
}
