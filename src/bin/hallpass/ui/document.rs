//! Results that are documents: a walkthrough, a step of the tour.

use std::io::Write as _;

use serde::Serialize;

use super::caller::Ui;
use crate::cli::global::Format;
use crate::failure::Failure;
use crate::output::{self, View, json, sanitize};
use crate::report::{self, Report};
use crate::stdio;

impl Ui {
    /// Prints a document: rendered at a terminal, elsewhere as its Markdown source.
    pub(crate) fn document<V: View>(&mut self, value: &V, text: &str) -> Result<(), Failure> {
        if self.format != Format::Table {
            return self.show(value);
        }
        if stdio::stdout_is_terminal() {
            return report::raw(output::markdown::render(text, self.look).as_bytes());
        }
        let text = sanitize::document(text);
        report::raw(format!("{}\n", text.trim_end_matches('\n')).as_bytes())
    }

    /// Refuses a format that a document does not support, before any work is done for it.
    pub(crate) fn ensure_document(&self) -> Result<(), Failure> {
        match self.format {
            Format::Csv => {
                Err(Failure::usage("not a list").advice("use `--output json`, or omit it"))
            }
            Format::Table | Format::Json | Format::Jsonl => Ok(()),
        }
    }

    /// Prints a result as `text` for people, and as JSON for programs.
    pub(crate) fn print_text(&mut self, value: &impl Serialize, text: &str) -> Result<(), Failure> {
        if self.format == Format::Table {
            return report::raw(sanitize::document(text).as_bytes());
        }
        print_json(value)
    }

    /// Prints a document that is mainly a list: as one document in JSON, and as its items in
    /// formats with rows. At a terminal each item is printed alone, because what people copy must
    /// not be wrapped.
    pub(crate) fn print_one_by_one<V: View>(
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
        print_json(whole)
    }

    /// Prints a result and the rows that explain it: to people the result, then a table; as one
    /// object, `whole`, in JSON; as the rows alone in CSV.
    pub(crate) fn show_with_rows<V: View, R: View>(
        &mut self,
        whole: &impl Serialize,
        value: &V,
        rows: &[R],
    ) -> Result<(), Failure> {
        match self.format {
            Format::Table => {
                self.show(value)?;
                report::raw(b"\n")?;
                self.list(rows)
            }
            Format::Json | Format::Jsonl => print_json(whole),
            Format::Csv => self.list(rows),
        }
    }

    /// Shows a command of the tour and its output: here both are the result.
    pub(crate) fn step(
        &mut self,
        why: &str,
        command: &str,
        stdout: &str,
        stderr: &str,
        exit: i32,
    ) -> Result<(), Failure> {
        let mut command = format!("$ {command}");
        if self.look.color {
            command = format!("\u{1b}[1m{command}\u{1b}[0m");
        }
        let mut text = format!("# {}\n{command}\n", sanitize::line(why));
        text.extend([stdout, stderr].map(sanitize::block));
        if exit != 0 {
            text.extend(["(exit ", &exit.to_string(), ")\n"]);
        }
        text.push('\n');
        report::raw(text.as_bytes())
    }
}

fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    let mut out = Report::results();
    json::line(&mut out, value)
        .and_then(|()| out.flush())
        .map_err(|source| Failure::output(&source))
}
