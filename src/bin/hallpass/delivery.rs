//! Where new secrets go: the sinks that `--to` can name, each with the guarantees of the core's
//! delivery.

mod command;
mod descriptor;
mod dotenv;
mod file;
mod folder;
mod outlet;
mod room;
mod terms;

pub(crate) use outlet::{Outlet, Outlets, place};
pub(crate) use room::make_room;
pub(crate) use terms::Terms;
