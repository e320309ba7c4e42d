//! What the audit log holds.

mod actor;
mod entry;
mod head;

pub use actor::{Actor, ActorFields, Operator, Remote, Server};
pub use entry::{Entry, Object, Outcome};
pub use head::LogHead;
