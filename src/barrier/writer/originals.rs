//! Records as they were before a transaction changed them.

use std::collections::HashMap;

use zeroize::Zeroizing;

use crate::model::id::RecordId;

/// Kind and body of each record before its first change; `None` if it did not exist.
pub(super) type Originals = HashMap<RecordId, Option<(u16, Zeroizing<Vec<u8>>)>>;
