//! CSV (RFC 4180).

use std::io::{self, Write};

use super::column::View;
use super::printer::Printer;
use super::sanitize;

/// Rows below a header, which is printed even if there are no rows.
pub(super) struct Rows<W> {
    out: W,
    begun: bool,
}

impl<W: Write> Rows<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, begun: false }
    }

    fn begin<V: View>(&mut self) -> io::Result<()> {
        if !self.begun {
            self.begun = true;
            writeln!(self.out, "{}", header::<V>())?;
        }
        Ok(())
    }
}

impl<V: View, W: Write> Printer<V> for Rows<W> {
    fn item(&mut self, item: &V) -> io::Result<()> {
        self.begin::<V>()?;
        writeln!(self.out, "{}", row(item))
    }

    fn catch_up(&mut self) -> io::Result<()> {
        self.begin::<V>()?;
        self.out.flush()
    }

    fn end(&mut self) -> io::Result<()> {
        self.begin::<V>()?;
        self.out.flush()
    }
}

/// Returns a header and a row whose last cell is a secret, unquoted: tokens in any encoding and
/// generated passwords contain no quote. The last line has no newline.
pub(super) fn with_secret<V: View>(
    out: &mut dyn Write,
    value: &V,
    field: &'static str,
    secret: Option<&str>,
) -> io::Result<()> {
    write!(out, "{},{field}\n{},", header::<V>(), row(value))?;
    match secret {
        None => Ok(()),
        Some(secret) => write!(out, "\"{secret}\""),
    }
}

/// Returns the names of the columns, which need no quotes.
fn header<V: View>() -> String {
    V::COLUMNS
        .iter()
        .map(|column| column.name)
        .collect::<Vec<_>>()
        .join(",")
}

fn row<V: View>(item: &V) -> String {
    V::COLUMNS
        .iter()
        .map(|column| cell(&(column.cell)(item)))
        .collect::<Vec<_>>()
        .join(",")
}

/// Formats a cell: nothing for an empty text, and any other in quotes, so that commas, semicolons
/// or tabs in it never separate cells, whatever separator a spreadsheet expects.
///
/// A spreadsheet evaluates a cell that starts like a formula, quoted or not. Such a text gets an
/// apostrophe in front, as OWASP's "CSV Injection" advises; so do the full-width characters, which
/// some spreadsheets treat the same.
fn cell(text: &str) -> String {
    const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let safe = sanitize::line(text).replace('"', "\"\"");
    let mark = if safe.starts_with(FORMULA) { "'" } else { "" };
    if safe.is_empty() {
        safe
    } else {
        format!("\"{mark}{safe}\"")
    }
}
