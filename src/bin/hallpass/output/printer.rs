//! What prints a list, and how it looks.

use std::io;

/// How a table looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// Whether headings are set off by colour.
    pub(crate) color: bool,
    /// Columns of the terminal, where lines must not be longer.
    pub(crate) width: Option<u16>,
}

/// Prints a list, item by item, so that a long one needs no memory.
pub(crate) trait Printer<V> {
    /// Takes the next item.
    fn item(&mut self, item: &V) -> io::Result<()>;
    /// Prints what is held back, because more may be long in coming.
    fn catch_up(&mut self) -> io::Result<()>;
    /// Prints what is held back, and the end.
    fn end(&mut self) -> io::Result<()>;
}
