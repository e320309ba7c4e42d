//! Whether the server goes on.

use tokio::sync::watch;

/// Whether the server goes on, for all that have to know.
#[derive(Debug)]
pub(super) struct Life(watch::Sender<bool>);

impl Life {
    /// A server that goes on.
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    /// Begins the end: nothing is accepted any more, and requests under way are answered.
    pub(super) fn end(&self) {
        self.0.send_replace(true);
    }

    /// Becomes true when the end begins.
    pub(super) fn ending(&self) -> watch::Receiver<bool> {
        self.0.subscribe()
    }
}
