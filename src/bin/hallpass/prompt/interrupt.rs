//! What a signal that asks for the end does: the one handler of a run.
//!
//! It ends the program, with the terminal as it was before the first question; or, while somebody
//! watches, it is noticed and nothing else.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use rustix::stdio::stdin;
use rustix::termios::{OptionalActions, Termios, tcsetattr};

use super::guard::SHOW_CURSOR;
use crate::report::tell;

static WATCHED: AtomicBool = AtomicBool::new(false);
static CAME: AtomicBool = AtomicBool::new(false);
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

/// While it lives, signals end nothing by themselves.
pub(crate) struct Interrupt(());

impl Interrupt {
    /// Begins.
    pub(crate) fn watch() -> Self {
        CAME.store(false, Ordering::SeqCst);
        WATCHED.store(true, Ordering::SeqCst);
        install();
        Self(())
    }

    /// Whether one came.
    #[expect(clippy::unused_self, reason = "nothing comes where nobody watches")]
    pub(crate) fn came(&self) -> bool {
        CAME.load(Ordering::SeqCst)
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        WATCHED.store(false, Ordering::SeqCst);
    }
}

/// From now on, the terminal is put back as it was when a signal ends the program.
pub(super) fn restore(before: Termios) {
    // The first question found it as it is to be left.
    BEFORE.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(before);
    install();
}

fn install() {
    // The second time, it is there already.
    let _ = ctrlc::set_handler(|| {
        if WATCHED.load(Ordering::SeqCst) {
            CAME.store(true, Ordering::SeqCst);
        } else {
            end();
        }
    });
}

fn end() {
    if let Some(before) = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
        let _ = tcsetattr(stdin(), OptionalActions::Now, before);
        tell(SHOW_CURSOR);
    }
    #[expect(clippy::exit, clippy::disallowed_methods, reason = "a signal ends the program")]
    process::exit(130)
}
