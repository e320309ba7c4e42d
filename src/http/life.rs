//! Whether the server goes on.

use tokio::sync::watch;

/// Whether the server goes on, for all that have to know.
#[derive(Debug)]
pub(super) struct Life {
    ending: watch::Sender<bool>,
    errands: watch::Sender<()>,
}

/// Something that goes on after its request was answered, until this is dropped.
#[derive(Debug)]
pub(super) struct Errand {
    _counted: watch::Receiver<()>,
}

impl Life {
    /// A server that goes on.
    pub(super) fn new() -> Self {
        Self {
            ending: watch::Sender::new(false),
            errands: watch::Sender::new(()),
        }
    }

    /// Begins the end: nothing is accepted any more, and requests under way are answered.
    pub(super) fn end(&self) {
        self.ending.send_replace(true);
    }

    /// Becomes true when the end begins.
    pub(super) fn ending(&self) -> watch::Receiver<bool> {
        self.ending.subscribe()
    }

    /// Begins something that the end waits for.
    pub(super) fn errand(&self) -> Errand {
        Errand {
            _counted: self.errands.subscribe(),
        }
    }

    /// Waits until none of these goes on.
    pub(super) async fn no_errands(&self) {
        self.errands.closed().await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_end_waits_for_errands() {
        let life = Life::new();
        life.no_errands().await;
        let errands = [life.errand(), life.errand()];
        for errand in errands {
            let soon = timeout(Duration::from_secs(1), life.no_errands());
            assert!(soon.await.is_err());
            drop(errand);
        }
        life.no_errands().await;
    }
}
