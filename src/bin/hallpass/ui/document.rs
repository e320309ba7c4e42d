//! Results that are texts: a walkthrough, a step of the tour.

use super::Ui;
use crate::cli::global::Format;
use crate::failure::Failure;
use crate::output::{self, View, sanitize};
use crate::{report, stdio};

impl Ui {
    /// Prints a result that people read as a document: laid out at a terminal, elsewhere as the
    /// Markdown that it is.
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

    /// Shows a command of the tour and what it answered: all of it is the result here.
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
