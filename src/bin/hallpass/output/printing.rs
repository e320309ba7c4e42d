//! Prints results in the requested format.

use std::io::{self, Write};

use super::column::View;
use super::printer::{Look, Printer};
use super::{csv, json, table};
use crate::cli::global::Format;

/// Returns the printer of a list in `format`.
pub(crate) fn printer<'a, V: View>(
    format: Format,
    look: Look,
    out: impl Write + 'a,
) -> Box<dyn Printer<V> + 'a> {
    match format {
        Format::Table => Box::new(table::Table::new(look, out)),
        Format::Json => Box::new(json::Array::new(out)),
        Format::Jsonl => Box::new(json::JsonLines::new(out)),
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

#[cfg(test)]
mod tests;
