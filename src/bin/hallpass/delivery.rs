//! Where new secrets go: the sinks that `--to` can name, each with the guarantees of the core's
//! delivery.

mod command;
mod descriptor;
mod dotenv;
mod file;
mod folder;
mod open_files;
mod outlet;
mod terms;

pub(crate) use open_files::raise_open_file_limit;
pub(crate) use outlet::{Outlet, Outlets, open_deferred};
pub(crate) use terms::Terms;
