//! How a list is printed, and how it looks.

use std::io;

/// The look of a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// Whether headings are coloured.
    pub(crate) color: bool,
    /// The width of the terminal, which lines must not exceed.
    pub(crate) width: Option<u16>,
}

/// Prints a list item by item, so that a long one needs no memory.
pub(crate) trait Printer<V> {
    /// Accepts the next item.
    fn item(&mut self, item: &V) -> io::Result<()>;
    /// Prints what is buffered, because the next item may take long.
    fn catch_up(&mut self) -> io::Result<()>;
    /// Prints what is buffered, and the end.
    fn end(&mut self) -> io::Result<()>;
}
