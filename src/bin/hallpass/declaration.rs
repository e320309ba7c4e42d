//! The declaration file: read for `apply`, written by `export`.

mod declare;
mod document;
mod fields;
mod memberships;
mod node;
mod shape;
mod used_sinks;
mod write;
mod wrong;

pub(crate) use declare::{Declared, SinkOptions};
pub(crate) use document::DeclarationFile;
pub(crate) use write::written;
