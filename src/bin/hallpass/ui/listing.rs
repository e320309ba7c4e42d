//! A list that is printed item by item.

use crate::failure::Failure;
use crate::output::{Printer, View};

/// A list in the course of printing.
pub(crate) struct Listing<V> {
    printer: Box<dyn Printer<V>>,
    count: usize,
}

impl<V: View> Listing<V> {
    /// Begins a list that `printer` prints.
    pub(super) fn new(printer: Box<dyn Printer<V>>) -> Self {
        Self { printer, count: 0 }
    }

    /// Prints the next item, or buffers it until the page is full.
    pub(crate) fn push(&mut self, item: &V) -> Result<(), Failure> {
        self.count += 1;
        self.printer
            .item(item)
            .map_err(|source| Failure::output(&source))
    }

    /// Prints what is buffered, because the next item may take long.
    pub(crate) fn catch_up(&mut self) -> Result<(), Failure> {
        self.printer
            .catch_up()
            .map_err(|source| Failure::output(&source))
    }

    /// Prints what `feed` produces, item by item.
    pub(crate) fn fed<T>(
        &mut self,
        feed: impl FnOnce(&mut dyn FnMut(V) -> hallpass::Result<()>) -> hallpass::Result<T>,
    ) -> Result<T, Failure> {
        let mut failed = None;
        let done = feed(&mut |item| {
            self.push(&item).map_err(|failure| {
                failed = Some(failure);
                hallpass::Error::Stopped
            })
        });
        match failed {
            Some(failure) => Err(failure),
            None => Ok(done?),
        }
    }

    /// Prints the rest; returns how many items there were.
    pub(crate) fn end(mut self) -> Result<usize, Failure> {
        self.printer
            .end()
            .map_err(|source| Failure::output(&source))?;
        Ok(self.count)
    }
}
