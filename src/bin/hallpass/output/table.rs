//! Tables for people.

use std::io::{self, Write};

use comfy_table::presets::NOTHING;
use comfy_table::{ColumnConstraint, ContentArrangement, Width};

use super::column::{Breaks, Column, Shown, View};
use super::printer::{Look, Printer};
use super::sanitize;

/// How many rows are laid out together. A longer list keeps the column widths of its first page.
const PAGE: usize = 200;
const GAP: u16 = 2;

/// Prints a list page by page.
pub(super) struct Table<W> {
    look: Look,
    out: W,
    page: Vec<Vec<String>>,
    widths: Option<Vec<u16>>,
}

impl<W: Write> Table<W> {
    pub(super) fn new(look: Look, out: W) -> Self {
        Self {
            look,
            out,
            page: Vec::new(),
            widths: None,
        }
    }

    /// Prints a full page, after which more may follow.
    fn turn(&mut self, headings: &[String]) -> io::Result<()> {
        let first = self.widths.is_none();
        let mut table = layout(first.then_some(headings), &self.page);
        let widths = self
            .widths
            .get_or_insert_with(|| table.column_max_content_widths());
        table.set_constraints(widths.iter().map(|width| fixed(*width)));
        self.page.clear();
        print(self.look, &mut self.out, &table, first)
    }

    /// Widens the columns for longer cells: a reader of a live list sees single rows as they come.
    fn widen(&mut self) {
        let wanted = layout(None, &self.page).column_max_content_widths();
        for (width, wanted) in self.widths.iter_mut().flatten().zip(wanted) {
            *width = wanted.max(*width);
        }
    }

    /// Prints what is left; a list of one page fits the terminal.
    fn finish(&mut self, headings: &[String], whole: &[bool]) -> io::Result<()> {
        if self.widths.is_some() {
            return if self.page.is_empty() {
                Ok(())
            } else {
                self.turn(headings)
            };
        }
        if self.page.is_empty() {
            return Ok(());
        }
        let mut table = layout(Some(headings), &self.page);
        if !is_readable(&table, whole, self.look) {
            return self.records(headings);
        }
        fit(&mut table, self.look);
        for (column, whole) in table.column_iter_mut().zip(whole) {
            if *whole {
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
        print(self.look, &mut self.out, &table, true)
    }
}

impl<W: Write> Table<W> {
    /// Prints each row as lines of its own, like a single result: the terminal is too narrow for
    /// columns.
    fn records(&mut self, headings: &[String]) -> io::Result<()> {
        for (n, row) in std::mem::take(&mut self.page).into_iter().enumerate() {
            if n > 0 {
                writeln!(self.out)?;
            }
            let named = headings
                .iter()
                .map(|heading| heading.to_lowercase())
                .zip(row);
            let lines: Vec<_> = named
                .filter(|(_, text)| !text.is_empty())
                .map(|(name, text)| vec![name, text])
                .collect();
            let mut record = layout(None, &lines);
            fit(&mut record, self.look);
            print(self.look, &mut self.out, &record, false)?;
        }
        Ok(())
    }
}

impl<V: View, W: Write> Printer<V> for Table<W> {
    fn item(&mut self, item: &V) -> io::Result<()> {
        if self.page.len() == PAGE {
            self.turn(&headings::<V>())?;
        }
        self.page.push(
            listed::<V>()
                .map(|column| sanitize::line(&(column.cell)(item)))
                .collect(),
        );
        Ok(())
    }

    fn catch_up(&mut self) -> io::Result<()> {
        if !self.page.is_empty() {
            self.widen();
            self.turn(&headings::<V>())?;
        }
        self.out.flush()
    }

    fn end(&mut self) -> io::Result<()> {
        let whole: Vec<_> = listed::<V>()
            .map(|it| it.breaks == Breaks::Nowhere)
            .collect();
        self.finish(&headings::<V>(), &whole)?;
        self.out.flush()
    }
}

/// Prints one result in full: its sentence, or a line for each column that is not empty.
pub(super) fn details<V: View>(look: Look, out: &mut dyn Write, value: &V) -> io::Result<()> {
    if let Some(sentence) = value.sentence() {
        return writeln!(out, "{}", sanitize::block(&sentence));
    }
    let lines = V::COLUMNS
        .iter()
        .map(|column| (column.name, (column.cell)(value)));
    let rows: Vec<_> = lines
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| vec![name.replace('_', " "), sanitize::block(&text)])
        .collect();
    let mut table = layout(None, &rows);
    fit(&mut table, look);
    print(look, out, &table, false)
}

fn listed<V: View>() -> impl Iterator<Item = &'static Column<V>> {
    V::COLUMNS
        .iter()
        .filter(|column| column.shown == Shown::Listed)
}

fn headings<V: View>() -> Vec<String> {
    listed::<V>()
        .map(|column| column.name.replace('_', " ").to_uppercase())
        .collect()
}

fn layout(headings: Option<&[String]>, rows: &[Vec<String>]) -> comfy_table::Table {
    let mut table = comfy_table::Table::new();
    table.load_style(NOTHING);
    if let Some(headings) = headings {
        table.set_header(headings);
    }
    table.add_rows(rows);
    let last = table.column_count().saturating_sub(1);
    for (n, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if n == last { 0 } else { GAP }));
    }
    table
}

/// Whether no column would be wrapped to a few characters per line.
fn is_readable(table: &comfy_table::Table, whole: &[bool], look: Look) -> bool {
    /// The width that a wrapped column needs, unless all of its texts are shorter.
    const ENOUGH: u16 = 12;
    let Some(width) = look.width else { return true };
    let contents = table.column_max_content_widths();
    let needed = contents.iter().zip(whole).map(|(content, whole)| {
        let least = if *whole {
            *content
        } else {
            ENOUGH.min(*content)
        };
        u32::from(least) + u32::from(GAP)
    });
    needed.sum::<u32>() <= u32::from(width) + u32::from(GAP)
}

fn fixed(content: u16) -> ColumnConstraint {
    ColumnConstraint::Absolute(Width::Fixed(content.saturating_add(GAP)))
}

fn fit(table: &mut comfy_table::Table, look: Look) {
    if let Some(width) = look.width {
        table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width);
    }
}

fn print(
    look: Look,
    out: &mut (impl Write + ?Sized),
    table: &comfy_table::Table,
    headed: bool,
) -> io::Result<()> {
    for (n, line) in table.lines().enumerate() {
        let line = line.trim_end();
        if headed && n == 0 && look.color {
            writeln!(out, "\u{1b}[1m{line}\u{1b}[0m")?;
        } else {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}
