//! The first few names of many.

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

/// Names for a refusal: the first ones, and how many more there are.
pub(in crate::ops) fn some_of(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    if more > 0 {
        names.push(format!("{more} more"));
    }
    names
}
