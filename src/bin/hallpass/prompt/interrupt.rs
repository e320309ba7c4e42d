//! Ctrl-C as the way to end what would otherwise go on for ever.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Notices that a signal asked for the end.
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From now on, signals end nothing by themselves.
    ///
    /// After a prompt its handler stays, which puts the terminal back and ends the program with the
    /// same code.
    pub(crate) fn watch() -> Self {
        let came = Arc::new(AtomicBool::new(false));
        let noted = Arc::clone(&came);
        let _ = ctrlc::set_handler(move || noted.store(true, Ordering::SeqCst));
        Self(came)
    }

    /// Whether one came.
    pub(crate) fn came(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
