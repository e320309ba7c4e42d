//! The audit log: how its rows are chained, and how they are read.

pub(super) mod chain;
mod reading;
