//! Functions on records that several verbs share.
//!
//! Everything here is passed a `Reader` or a `Writer`, never a `Core`: nothing here begins a
//! transaction, reads the clock or delivers a secret.

pub(in crate::ops) mod cache;
pub(in crate::ops) mod clocks;
pub(in crate::ops) mod code;
pub(in crate::ops) mod generated_password;
pub(in crate::ops) mod journal;
pub(in crate::ops) mod lookup;
pub(in crate::ops) mod mail_queue;
pub(in crate::ops) mod mail_settings;
pub(in crate::ops) mod occupant;
pub(in crate::ops) mod token;
pub(in crate::ops) mod upkeep;
