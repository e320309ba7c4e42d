//! Delivered, or not valid: a secret that did not reach its sink is never left valid.
//!
//! Shared by every secret that leaves the store: tokens, passwords, codes.

mod either;
mod immediate;
mod inspect;
mod recover;
mod rollback;
mod sink;
mod two_phase;

pub use super::records::occupant::Occupant;
pub use sink::{DeferredSink, Delivery, ImmediateSink};

pub(in crate::ops) use either::deliver_with;
pub(in crate::ops) use immediate::{deliver_immediately, deliver_undoing};
pub(in crate::ops) use inspect::{Inspection, ensure_replaceable, inspect, prepare};
pub(in crate::ops) use recover::{finished, held_by, recover};
pub(in crate::ops) use rollback::restore_after;
pub(in crate::ops) use sink::{not_committed, undelivered};
pub(in crate::ops) use two_phase::{TwoPhase, deliver_in_two_phases, discard};
