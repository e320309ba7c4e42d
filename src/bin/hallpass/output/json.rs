//! JSON that is safe on a terminal: control characters are written as `\uXXXX`.

use std::io::{self, Write};

use hallpass::model::text::drives_terminal;
use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use super::column::View;
use super::printer::Printer;

/// Writes `value` as one line.
pub(crate) fn line(out: &mut (impl Write + ?Sized), value: &impl Serialize) -> io::Result<()> {
    document(out, value)?;
    out.write_all(b"\n")
}

/// Writes `value` without a newline.
pub(crate) fn document(out: &mut (impl Write + ?Sized), value: &impl Serialize) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, Escaping))?;
    Ok(())
}

/// Compact JSON whose strings contain nothing that a terminal acts on.
struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        text: &str,
    ) -> io::Result<()> {
        let mut rest = text;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| drives_terminal(*c)) {
            let (plain, driving) = rest.split_at(at);
            out.write_all(plain.as_bytes())?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = driving.split_at(c.len_utf8()).1;
        }
        out.write_all(rest.as_bytes())
    }
}

/// Prints a list as one array, one item per line.
pub(super) struct Array<W> {
    out: W,
    opened: bool,
}

impl<W: Write> Array<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, opened: false }
    }
}

impl<V: View, W: Write> Printer<V> for Array<W> {
    fn item(&mut self, item: &V) -> io::Result<()> {
        self.out
            .write_all(if self.opened { b",\n " } else { b"[\n " })?;
        self.opened = true;
        document(&mut self.out, item)
    }

    fn catch_up(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn end(&mut self) -> io::Result<()> {
        self.out
            .write_all(if self.opened { b"\n]\n" } else { b"[]\n" })?;
        self.out.flush()
    }
}

/// Prints a list as one object per line.
pub(super) struct JsonLines<W>(W);

impl<W: Write> JsonLines<W> {
    pub(super) fn new(out: W) -> Self {
        Self(out)
    }
}

impl<V: View, W: Write> Printer<V> for JsonLines<W> {
    fn item(&mut self, item: &V) -> io::Result<()> {
        line(&mut self.0, item)
    }

    fn catch_up(&mut self) -> io::Result<()> {
        self.0.flush()
    }

    fn end(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scalar_round_trips_and_none_drives_a_terminal() {
        let all: String = (char::MIN..=char::MAX).collect();
        let mut out = Vec::new();
        line(&mut out, &all).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.trim_end_matches('\n').chars().any(drives_terminal));
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), all);
    }
}
