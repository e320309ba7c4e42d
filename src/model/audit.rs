//! What the audit log holds.

mod action;
mod actor;
mod entry;
mod head;

pub use action::{Action, ObjectKind};
pub use actor::{Actor, ActorFields, Operator, Remote, Server};
pub use entry::{Entry, Object, Outcome};
pub use head::LogHead;
