//! Hides what is typed, and leaves the terminal as it was found, however a prompt ends.

use std::io;

use rustix::stdio::stdin;
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

use super::interrupt;
use crate::report::write_line;

/// A special character that no key produces (`_POSIX_VDISABLE` of Linux).
const DISABLED: u8 = 0;

/// Hides what is typed, until it is dropped.
pub(crate) struct Hidden {
    before: Termios,
}

impl Hidden {
    /// Switches echo off, and discards what was typed, and shown, before.
    pub(crate) fn new() -> io::Result<Self> {
        restore_on_interrupt();
        let before = tcgetattr(stdin())?;
        let mut hidden = before.clone();
        hidden
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ECHONL);
        // Without Ctrl-Z: after a stop and `fg` the shell has switched echo on, and the person
        // would type the secret visibly.
        hidden.special_codes[SpecialCodeIndex::VSUSP] = DISABLED;
        tcsetattr(stdin(), OptionalActions::Flush, &hidden)?;
        Ok(Self { before })
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // If the terminal is gone, there is nothing to restore.
        let _ = tcsetattr(stdin(), OptionalActions::Now, &self.before);
        write_line("");
    }
}

/// Restores the terminal's mode when it is dropped, unless [`Self::leave`] is called.
pub(crate) struct Restored {
    before: Option<Termios>,
}

impl Restored {
    /// Remembers the mode of the terminal, if there is one.
    pub(crate) fn new() -> Self {
        Self {
            before: tcgetattr(stdin()).ok(),
        }
    }

    /// Leaves the terminal as it is now.
    pub(crate) fn leave(mut self) {
        self.before = None;
    }
}

impl Drop for Restored {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            // If the terminal is gone, there is nothing to restore.
            let _ = tcsetattr(stdin(), OptionalActions::Now, before);
        }
    }
}

/// From now on, a signal that ends the program restores the terminal's present mode first.
///
/// Prompts change the mode, and none of them restores it on a signal.
pub(crate) fn restore_on_interrupt() {
    if let Ok(before) = tcgetattr(stdin()) {
        interrupt::restore(before);
    }
}
