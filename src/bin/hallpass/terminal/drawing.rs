//! Whether drawing is supported, and the cursor.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::report::write_line;

/// Whether the terminal supports plain lines only.
static ONLY_LINES: AtomicBool = AtomicBool::new(false);

/// Disables drawing from now on: `TERM` does not promise that the cursor can be moved.
pub(crate) fn draw_nothing() {
    ONLY_LINES.store(true, Ordering::Relaxed);
}

/// Whether something can be drawn on the terminal.
pub(crate) fn can_draw() -> bool {
    !ONLY_LINES.load(Ordering::Relaxed)
}

/// Shows the cursor, which menus hide, and ends the current line.
pub(crate) fn show_cursor() {
    write_line(if can_draw() { "\u{1b}[?25h" } else { "" });
}
