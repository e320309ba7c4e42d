//! Mails that wait to be sent.

use serde::{Deserialize, Serialize};

use super::id::{CodeId, RecordId};
use super::mail::Message;
use super::time::Time;

/// A mail that waits. It was queued in the transaction that it tells of.
#[derive(Debug, Serialize, Deserialize)]
pub struct Waiting {
    /// The mail.
    pub message: Message,
    /// By whose settings it leaves.
    pub environment: RecordId,
    /// The code in it, and where that is kept.
    pub code: (RecordId, CodeId),
    /// From when on it is useless.
    pub until: Time,
    /// How often it was tried.
    pub tries: u32,
    /// When it may be tried next.
    pub next: Time,
    /// While somebody is sending it: until when to wait for word of it.
    pub claimed: Option<Time>,
    /// Whether the other side may have it, though nothing is known of its word on that. It is not
    /// handed over again then.
    pub committed: bool,
    /// Its place in the store's list.
    pub position: u32,
}
