//! The hand-over from one token to the next.

use serde::{Deserialize, Serialize};

use crate::model::id::TokenId;
use crate::model::name::RequestId;
use crate::model::time::Time;

/// That a token took the place of another, as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Rotation {
    /// The old one.
    pub predecessor: TokenId,
    /// The new one.
    pub successor: TokenId,
    /// What its caller called it.
    pub request: Option<RequestId>,
    /// When the new one became good.
    pub at: Time,
    /// When the old one would have ended; `None` is never.
    pub former_end: Option<Time>,
    /// When it was last noted that the old one was used after its end.
    pub late_use_at: Option<Time>,
}
