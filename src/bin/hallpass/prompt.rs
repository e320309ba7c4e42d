//! Prompts for a person at a terminal.

mod asking;
mod line;
mod menu;
mod numbered;
mod strength;
mod twice;

pub(crate) use asking::Asking;
pub(crate) use line::{confirm, line};
pub(crate) use menu::{choose, choose_several};
pub(crate) use twice::{new_passphrase, tolerable, twice};
