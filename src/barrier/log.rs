//! The audit log: how its rows are chained, and how it is read.

pub(super) mod chain;
mod reading;
