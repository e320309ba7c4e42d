//! A list that is printed item by item.

use std::io::Write as _;

use serde::Serialize;

use super::Ui;
use crate::cli::global::Format;
use crate::failure::Failure;
use crate::output::{Printer, View, json};
use crate::report::Report;

impl Ui {
    /// Prints a document that is mainly a list: as one in JSON, and its items where there are rows. To a
    /// person at a terminal they are told one by one, as what has to be copied must not be broken.
    pub(crate) fn told_one_by_one<V: View>(
        &mut self,
        whole: &impl Serialize,
        items: &[V],
    ) -> Result<(), Failure> {
        if self.shows_tables_to_a_person() {
            items.iter().try_for_each(|item| self.show(item))?;
            self.counted::<V>(items.len());
            return Ok(());
        }
        if self.format != Format::Json {
            return self.list(items);
        }
        let mut out = Report::results();
        json::line(&mut out, whole)
            .and_then(|()| out.flush())
            .map_err(|source| Failure::output(&source))
    }
}

/// A list that is being printed.
pub(crate) struct Listing<V> {
    printer: Box<dyn Printer<V>>,
    count: usize,
}

impl<V: View> Listing<V> {
    /// A list that `printer` prints.
    pub(super) fn new(printer: Box<dyn Printer<V>>) -> Self {
        Self { printer, count: 0 }
    }

    /// Prints the next item, or holds it until the page is full.
    pub(crate) fn push(&mut self, item: &V) -> Result<(), Failure> {
        self.count += 1;
        self.printer.item(item).map_err(|source| Failure::output(&source))
    }

    /// Prints what is held back, because more may be long in coming.
    pub(crate) fn catch_up(&mut self) -> Result<(), Failure> {
        self.printer.catch_up().map_err(|source| Failure::output(&source))
    }

    /// Prints what `feed` hands over, item by item.
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

    /// Prints the rest; says how many there were.
    pub(crate) fn end(mut self) -> Result<usize, Failure> {
        self.printer.end().map_err(|source| Failure::output(&source))?;
        Ok(self.count)
    }
}
