//! Queued mails.

use serde::{Deserialize, Serialize};

use super::id::{CodeId, RecordId};
use super::mail::Message;
use super::time::Time;

/// A queued mail. It was queued in the transaction that it reports on.
#[derive(Debug, Serialize, Deserialize)]
pub struct Waiting {
    /// The mail.
    pub message: Message,
    /// The environment whose mail settings apply.
    pub environment: RecordId,
    /// The record and the id of the code in it.
    pub code: (RecordId, CodeId),
    /// When it becomes useless.
    pub until: Time,
    /// The number of attempts.
    pub tries: u32,
    /// When the next attempt may be made.
    pub next: Time,
    /// While another call is sending it: until when to wait for the outcome.
    pub claimed: Option<Time>,
    /// Whether the other side may have it although the outcome is unknown. It is not sent again
    /// then.
    pub committed: bool,
    /// Its position in the store's list.
    pub position: u32,
}
