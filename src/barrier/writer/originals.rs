//! Records as they were before a transaction changed them.

use std::collections::HashMap;

use zeroize::Zeroizing;

use crate::model::id::RecordId;

/// Kind and body of each record as it was; `None` where there was none.
pub(super) type Originals = HashMap<RecordId, Option<(u16, Zeroizing<Vec<u8>>)>>;
