//! CSV, as RFC 4180 has it.

use std::io::{self, Write};

use super::{Printer, View, sanitize};

/// Rows below a header, which is printed even if there are none.
pub(super) struct Rows<W: Write> {
    out: csv::Writer<W>,
    begun: bool,
}

impl<W: Write> Rows<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out: csv::Writer::from_writer(out), begun: false }
    }

    fn begin<V: View>(&mut self) -> io::Result<()> {
        if !self.begun {
            self.begun = true;
            let names = V::COLUMNS.iter().map(|column| column.name);
            self.out.write_record(names).map_err(unwrapped)?;
        }
        Ok(())
    }
}

impl<V: View, W: Write> Printer<V> for Rows<W> {
    fn item(&mut self, item: &V) -> io::Result<()> {
        self.begin::<V>()?;
        let row = V::COLUMNS.iter().map(|column| cell(&(column.cell)(item)));
        self.out.write_record(row).map_err(unwrapped)
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

/// What kept the row from being written, as the system told it: a reader that left is told apart by
/// its kind, which the crate's own conversion hides.
fn unwrapped(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// A header and a row whose last cell is a secret, as it is.
///
/// The secret does not pass through the writer, whose buffer nobody wipes. Tokens in any spelling
/// and generated passwords hold nothing that would have to be quoted.
pub(super) fn with_secret<V: View>(
    out: &mut dyn Write,
    value: &V,
    field: &'static str,
    secret: &str,
) -> io::Result<()> {
    let mut rows = Rows::new(Vec::new());
    rows.item(value)?;
    Printer::<V>::end(&mut rows)?;
    let rows = rows.out.into_inner().map_err(csv::IntoInnerError::into_error)?;
    let mut ends = [field, secret].into_iter();
    for line in rows.split_inclusive(|byte| *byte == b'\n') {
        out.write_all(line.trim_ascii_end())?;
        if let Some(end) = ends.next() {
            out.write_all(b",")?;
            out.write_all(end.as_bytes())?;
        }
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// A spreadsheet takes a cell that starts like a formula for one, so such a text gets an apostrophe
/// before it, as OWASP's "CSV Injection" advises.
fn cell(text: &str) -> String {
    let safe = sanitize::line(text);
    if safe.starts_with(['=', '+', '-', '@']) { format!("'{safe}") } else { safe }
}
