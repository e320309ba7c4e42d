//! Verification codes at the level of records.

mod binding;
pub(in crate::ops) mod budget;
mod clocks;
mod delivery;
mod end;
mod exchange;
mod find;
pub(in crate::ops) mod mailbox;
mod removal;

pub use binding::Binding;

pub(in crate::ops) use binding::Bound;
pub(in crate::ops) use clocks::{CodeClocks, is_pending};
pub(in crate::ops) use delivery::{delivered, delivery};
pub(in crate::ops) use end::{cancel_all, restore_used, undeliverable, withdraw_all_of};
pub(in crate::ops) use exchange::{add, end_newest, next_mail, remove_forgotten};
pub(in crate::ops) use find::exchanges_of;
pub(in crate::ops) use removal::remove_all_of;
