//! What a signal that asks for the end does: the one handler of a run.
//!
//! It ends the program, with the terminal as it was before the first question; or, while somebody
//! watches, it is noticed and nothing else.

use std::io;
use std::process;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use rustix::stdio::stdin;
use rustix::termios::{OptionalActions, Termios, tcsetattr};

use super::drawing::show_cursor;

/// How many watch.
static WATCHERS: AtomicU32 = AtomicU32::new(0);
static CAME: AtomicBool = AtomicBool::new(false);
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

/// While it lives, signals end nothing by themselves.
pub(crate) struct Interrupt(());

impl Interrupt {
    /// Begins.
    pub(crate) fn watch() -> Self {
        // One that came for whoever watches already came for this one too.
        if WATCHERS.fetch_add(1, Ordering::SeqCst) == 0 {
            CAME.store(false, Ordering::SeqCst);
        }
        install();
        Self(())
    }

    /// Whether one came.
    #[expect(clippy::unused_self, reason = "nothing comes where nobody watches")]
    pub(crate) fn came(&self) -> bool {
        CAME.load(Ordering::SeqCst)
    }

    /// An error if one came; it is not of the kind that is tried again.
    pub(crate) fn ensure_none(&self) -> io::Result<()> {
        if self.came() {
            Err(Self::error())
        } else {
            Ok(())
        }
    }

    /// What is interrupted fails with this.
    pub(crate) fn error() -> io::Error {
        io::Error::other("it was interrupted")
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        WATCHERS.fetch_sub(1, Ordering::SeqCst);
    }
}

/// From now on, the terminal is put back as it was when a signal ends the program.
pub(super) fn restore(before: Termios) {
    // The first question found it as it is to be left.
    BEFORE
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get_or_insert(before);
    install();
}

fn install() {
    // The second time, it is there already.
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
