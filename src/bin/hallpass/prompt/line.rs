//! Questions whose answers are visible as they are typed.

use std::io::{self, Read as _};

use hallpass::Kind;

use crate::failure::Failure;
use crate::misplaced;
use crate::output::sanitize;
use crate::report::{self, write_line};
use crate::stdio::Stdin;
use crate::terminal::restore_on_interrupt;

/// Asks for yes or no. Only `y` or `yes`, alone on the line, is a yes: a stray key is not, and
/// neither is Ctrl-D.
pub(crate) fn confirm(question: &str) -> Result<bool, Failure> {
    let answer = line(&format!("{question} [y/N]"))?;
    Ok(answer.is_some_and(|answer| ["y", "yes"].contains(&answer.to_lowercase().as_str())))
}

/// Asks for a line; `None` is Enter alone, or Ctrl-D.
///
/// The terminal edits the line, so its usual editing keys work.
pub(crate) fn line(question: &str) -> Result<Option<String>, Failure> {
    restore_on_interrupt();
    report::ask(&format!("{}: ", sanitize::line(question)));
    let typed = typed().map_err(|source| unreadable(&source))?;
    let Some(typed) = typed else {
        // Ends the line of the question.
        write_line("");
        return Ok(None);
    };
    let typed =
        String::from_utf8(typed).map_err(|_| Failure::usage("what was typed is not UTF-8"))?;
    let typed = typed.trim();
    misplaced::refuse_typed(typed)?;
    Ok(Some(typed.to_owned()).filter(|typed| !typed.is_empty()))
}

/// Reads a line from the terminal; `None` if it ends without a newline.
fn typed() -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let mut part = [0; 4096];
    while !line.ends_with(b"\n") {
        match Stdin.read(&mut part) {
            Ok(0) => return Ok(None),
            Ok(count) => line.extend(part.iter().take(count)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Some(line))
}

/// Builds the failure of a terminal that cannot be read.
pub(super) fn unreadable(source: &io::Error) -> Failure {
    Failure::new(Kind::Failed, "the terminal cannot be read").because(source)
}
