//! Menus, and questions whose answers are shown as they are typed.

use std::io::{self, Read as _};

use dialoguer::{MultiSelect, Select};
use hallpass::Kind;

use super::{can_draw, guard, numbered};
use crate::failure::Failure;
use crate::misplaced;
use crate::output::sanitize;
use crate::report::{self, tell};
use crate::stdio::Stdin;

/// Lets one of `items` be chosen, by its number; `None` is Esc.
pub(crate) fn choose(question: &str, items: &[String]) -> Result<Option<usize>, Failure> {
    if !can_draw() {
        return numbered::choose(question, items);
    }
    guard::restore_on_interrupt();
    let items = items.iter().map(|item| sanitize::line(item));
    let menu = Select::new().with_prompt(sanitize::line(question)).items(items).default(0);
    answered(menu.interact_opt())
}

/// Lets any of `items` be chosen, some of which are so already; `None` is Esc.
pub(crate) fn choose_several(
    question: &str,
    items: &[(String, bool)],
) -> Result<Option<Vec<usize>>, Failure> {
    if !can_draw() {
        return numbered::choose_several(question, items);
    }
    guard::restore_on_interrupt();
    let items = items.iter().map(|(item, chosen)| (sanitize::line(item), *chosen));
    let question = format!("{} (space to choose, Enter when done)", sanitize::line(question));
    let menu = MultiSelect::new().with_prompt(question).items_checked(items);
    answered(menu.interact_opt())
}

/// Asks for a line; `None` is Enter alone, or Ctrl-D.
///
/// The terminal puts the line together, so that it ends as lines end in other programs.
pub(crate) fn line(question: &str) -> Result<Option<String>, Failure> {
    guard::restore_on_interrupt();
    report::ask(&format!("{}: ", sanitize::line(question)));
    let typed = typed().map_err(|source| unreadable(&source))?;
    let Some(typed) = typed else {
        // The line that was begun.
        tell("");
        return Ok(None);
    };
    let typed =
        String::from_utf8(typed).map_err(|_| Failure::usage("what was typed is not UTF-8"))?;
    let typed = typed.trim();
    misplaced::refuse_typed(typed)?;
    Ok(Some(typed.to_owned()).filter(|typed| !typed.is_empty()))
}

/// A line from the terminal; `None` if it has no end.
fn typed() -> io::Result<Option<Vec<u8>>> {
    let (mut line, mut part) = (Vec::new(), [0; 4096]);
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

fn answered<T>(answer: dialoguer::Result<T>) -> Result<T, Failure> {
    answer.map_err(|error| {
        // What menus hide, and leave hidden when they fail.
        guard::show_cursor();
        let dialoguer::Error::IO(source) = error;
        match source.kind() {
            io::ErrorKind::Interrupted => Failure::new(Kind::Interrupted, "interrupted"),
            _ => unreadable(&source),
        }
    })
}

fn unreadable(source: &io::Error) -> Failure {
    Failure::new(Kind::Failed, "the terminal cannot be read").because(source)
}
