//! The terminal: what may be drawn on it, echo that is off for a while, its mode put back, and signals.

mod drawing;
mod hidden;
mod interrupt;

pub(crate) use drawing::{can_draw, draw_nothing, show_cursor};
pub(crate) use hidden::{Hidden, Restored, restore_on_interrupt};
pub(crate) use interrupt::Interrupt;
