//! The terminal is left as it was found, however a prompt ends.

use std::io;

use rustix::stdio::stdin;
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

use super::interrupt;
use crate::report::tell;

/// A special character that no key gives (`_POSIX_VDISABLE` of Linux).
const DISABLED: u8 = 0;

/// While it lives, the terminal does not show what is typed.
pub(crate) struct Hidden {
    before: Termios,
}

impl Hidden {
    /// Switches echo off, also throwing away what was typed, and shown, before.
    pub(crate) fn new() -> io::Result<Self> {
        restore_on_interrupt();
        let before = tcgetattr(stdin())?;
        let mut hidden = before.clone();
        hidden
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ECHONL);
        // Whoever stops the program here would find echo on when it goes on, and type into that.
        hidden.special_codes[SpecialCodeIndex::VSUSP] = DISABLED;
        tcsetattr(stdin(), OptionalActions::Flush, &hidden)?;
        Ok(Self { before })
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // If the terminal is gone there is nothing to restore.
        let _ = tcsetattr(stdin(), OptionalActions::Now, &self.before);
        tell("");
    }
}

/// Puts the terminal back when it is dropped, unless it is to be left as it is.
pub(crate) struct Restored {
    before: Option<Termios>,
}

impl Restored {
    /// Keeps the terminal as it is now, if there is one.
    pub(crate) fn new() -> Self {
        Self {
            before: tcgetattr(stdin()).ok(),
        }
    }

    /// Leaves the terminal as it is.
    pub(crate) fn leave(mut self) {
        self.before = None;
    }
}

impl Drop for Restored {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            // If the terminal is gone there is nothing to restore.
            let _ = tcsetattr(stdin(), OptionalActions::Now, before);
        }
    }
}

/// From now on, puts the terminal back as it is now when a signal ends the program.
///
/// Prompts change its mode, and none of them restores it when that happens.
pub(crate) fn restore_on_interrupt() {
    if let Ok(before) = tcgetattr(stdin()) {
        interrupt::restore(before);
    }
}
