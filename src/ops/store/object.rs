//! What the audit log calls the store.

use crate::model::audit::Object;

/// The store itself, as the log names it.
pub(in crate::ops) fn object() -> Object {
    Object { kind: "store".into(), id: String::new(), name: None }
}
