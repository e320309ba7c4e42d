//! The terminal: whether drawing is supported, hidden input, restoring its mode, and signals.

mod drawing;
mod hidden;
mod interrupt;

pub(crate) use drawing::{can_draw, draw_nothing, show_cursor};
pub(crate) use hidden::{Hidden, Restored, restore_on_interrupt};
pub(crate) use interrupt::Interrupt;
