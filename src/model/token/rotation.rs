//! Rotation records.

use serde::{Deserialize, Serialize};

use crate::model::id::TokenId;
use crate::model::name::RequestId;
use crate::model::time::Time;

/// The stored record that one token replaced another.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Rotation {
    /// The old one.
    pub predecessor: TokenId,
    /// The new one.
    pub successor: TokenId,
    /// The caller's id of the request.
    pub request: Option<RequestId>,
    /// When the new one became valid.
    pub at: Time,
    /// When the old one would have expired; `None` means never.
    pub former_end: Option<Time>,
    /// When a use of the old one after its end was last recorded.
    pub late_use_at: Option<Time>,
}
