//! Results as people and programs read them: tables, JSON, JSON lines, CSV.

mod column;
mod csv;
pub(crate) mod json;
pub(crate) mod markdown;
pub(crate) mod mask;
pub(crate) mod page;
mod printer;
mod printing;
pub(crate) mod sanitize;
pub(crate) mod secret;
mod table;
pub(crate) mod view;

pub(crate) use column::{Column, View, excess, flag, joined, optional};
pub(crate) use printer::{Look, Printer};
pub(crate) use printing::{printer, single};
