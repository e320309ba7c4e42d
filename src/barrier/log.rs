//! The audit log: how its rows are chained, how it is read, and the changes of incarnation in it.

pub(super) mod chain;
mod reading;
pub(super) mod transition;
