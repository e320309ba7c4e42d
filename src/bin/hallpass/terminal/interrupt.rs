//! The only signal handler: what SIGINT, SIGTERM and SIGHUP do.
//!
//! A signal ends the program and restores the terminal's mode from before the first question. While
//! a watcher exists, the signal is only recorded.

use std::io;
use std::process;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use rustix::stdio::stdin;
use rustix::termios::{OptionalActions, Termios, tcsetattr};

use super::drawing::show_cursor;

/// How many watchers exist.
static WATCHERS: AtomicU32 = AtomicU32::new(0);
static CAME: AtomicBool = AtomicBool::new(false);
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

/// A watcher: while it exists, signals are recorded and end nothing by themselves.
pub(crate) struct Interrupt(());

impl Interrupt {
    /// Begins to watch.
    pub(crate) fn watch() -> Self {
        // Only the first watcher resets the flag: a signal that an outer watcher has not handled
        // yet counts for this one as well.
        if WATCHERS.fetch_add(1, Ordering::SeqCst) == 0 {
            CAME.store(false, Ordering::SeqCst);
        }
        install();
        Self(())
    }

    /// Whether a signal came.
    #[expect(clippy::unused_self, reason = "nothing comes where nobody watches")]
    pub(crate) fn came(&self) -> bool {
        CAME.load(Ordering::SeqCst)
    }

    /// Fails if a signal came; the error is not of the kind `Interrupted`, which callers retry.
    pub(crate) fn ensure_none(&self) -> io::Result<()> {
        if self.came() {
            Err(Self::error())
        } else {
            Ok(())
        }
    }

    /// Returns the error of an interrupted operation.
    pub(crate) fn error() -> io::Error {
        io::Error::other("it was interrupted")
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        WATCHERS.fetch_sub(1, Ordering::SeqCst);
    }
}

/// From now on, a signal that ends the program restores the mode `before` first.
pub(super) fn restore(before: Termios) {
    // Only the first question saw the original mode.
    BEFORE
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get_or_insert(before);
    install();
}

fn install() {
    // Fails from the second call on: the handler is installed already.
    let _ = ctrlc::set_handler(|| {
        if WATCHERS.load(Ordering::SeqCst) > 0 {
            CAME.store(true, Ordering::SeqCst);
        } else {
            end();
        }
    });
}

fn end() {
    if let Some(before) = BEFORE
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .as_ref()
    {
        let _ = tcsetattr(stdin(), OptionalActions::Now, before);
        show_cursor();
    }
    #[expect(
        clippy::exit,
        clippy::disallowed_methods,
        reason = "a signal ends the program"
    )]
    process::exit(130)
}
