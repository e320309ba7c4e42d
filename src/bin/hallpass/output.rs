//! Results as people and programs read them: tables, JSON, JSON lines, CSV.

use std::io::{self, Write};

use serde::Serialize;

use crate::cli::global::Format;

mod csv;
pub(crate) mod json;
pub(crate) mod markdown;
pub(crate) mod mask;
pub(crate) mod page;
pub(crate) mod sanitize;
pub(crate) mod secret;
mod table;
pub(crate) mod view;

/// A result: its JSON is what it serializes to; its table and CSV come from its columns.
pub(crate) trait View: Serialize + Sized + 'static {
    /// Every column, in order.
    const COLUMNS: &'static [Column<Self>];
    /// What is said instead of an empty table: `no profiles`.
    const NONE: &'static str;

    /// What a person is shown of one result, where a sentence says it better than a table.
    fn sentence(&self) -> Option<String> {
        None
    }
}

/// One column of a result.
pub(crate) struct Column<T> {
    name: &'static str,
    place: Place,
    breaks: Breaks,
    cell: fn(&T) -> String,
}

/// Whether a text that is too long for its column goes on in the next line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Breaks {
    /// It may.
    Anywhere,
    /// It is copied as a whole, so it is kept as one.
    Nowhere,
}

/// Where a column is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In lists, too.
    Listed,
    /// Where one result is shown alone, and in CSV.
    Detail,
}

impl<T> Column<T> {
    /// A column of lists. `name` is that of the JSON field.
    pub(crate) const fn listed(name: &'static str, cell: fn(&T) -> String) -> Self {
        Self { name, place: Place::Listed, breaks: Breaks::Anywhere, cell }
    }

    /// A column that lists leave out.
    pub(crate) const fn detail(name: &'static str, cell: fn(&T) -> String) -> Self {
        Self { name, place: Place::Detail, breaks: Breaks::Anywhere, cell }
    }

    /// Keeps its texts in one line where others are broken: an id, a moment.
    pub(crate) const fn whole(self) -> Self {
        Self { breaks: Breaks::Nowhere, ..self }
    }
}

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

/// The printer of a list in `format`.
pub(crate) fn printer<'a, V: View>(
    format: Format,
    look: Look,
    out: impl Write + 'a,
) -> Box<dyn Printer<V> + 'a> {
    match format {
        Format::Table => Box::new(table::Table::new(look, out)),
        Format::Json => Box::new(json::Array::new(out)),
        Format::Jsonl => Box::new(json::Lines::new(out)),
        Format::Csv => Box::new(csv::Rows::new(out)),
    }
}

/// Prints one result in `format`.
pub(crate) fn single<V: View>(
    format: Format,
    look: Look,
    out: &mut dyn Write,
    value: &V,
) -> io::Result<()> {
    match format {
        Format::Table => table::details(look, out, value),
        Format::Json | Format::Jsonl => json::line(out, value),
        Format::Csv => {
            let mut rows = csv::Rows::new(out);
            rows.item(value)?;
            Printer::<V>::end(&mut rows)
        }
    }
}

/// A cell for something that may be absent.
pub(crate) fn optional<T: ToString>(value: Option<&T>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

/// A cell for several things.
pub(crate) fn joined<T: ToString>(values: &[T]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// A cell for yes or no.
pub(crate) fn flag(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}

#[cfg(test)]
mod tests;
