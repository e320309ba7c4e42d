//! Menus that are drawn on the terminal.

use std::io;

use dialoguer::{MultiSelect, Select};
use hallpass::Kind;

use super::line::unreadable;
use super::numbered;
use crate::failure::Failure;
use crate::output::sanitize;
use crate::terminal::{can_draw, restore_on_interrupt, show_cursor};

/// Asks the person to choose one of `items`; returns its index, or `None` for Esc.
pub(crate) fn choose(question: &str, items: &[String]) -> Result<Option<usize>, Failure> {
    if !can_draw() {
        return numbered::choose(question, items);
    }
    restore_on_interrupt();
    let items = items.iter().map(|item| sanitize::line(item));
    let menu = Select::new()
        .with_prompt(sanitize::line(question))
        .items(items)
        .default(0);
    answered(menu.interact_opt())
}

/// Asks the person to choose any of `items`, some of which are already selected; `None` is Esc.
pub(crate) fn choose_several(
    question: &str,
    items: &[(String, bool)],
) -> Result<Option<Vec<usize>>, Failure> {
    if !can_draw() {
        return numbered::choose_several(question, items);
    }
    restore_on_interrupt();
    let items = items
        .iter()
        .map(|(item, chosen)| (sanitize::line(item), *chosen));
    let question = format!(
        "{} (space to select, Enter when done)",
        sanitize::line(question)
    );
    let menu = MultiSelect::new()
        .with_prompt(question)
        .items_checked(items);
    answered(menu.interact_opt())
}

fn answered<T>(answer: dialoguer::Result<T>) -> Result<T, Failure> {
    answer.map_err(|error| {
        // The menu hides the cursor, and leaves it hidden when it fails.
        show_cursor();
        let dialoguer::Error::IO(source) = error;
        match source.kind() {
            io::ErrorKind::Interrupted => Failure::new(Kind::Interrupted, "interrupted"),
            _ => unreadable(&source),
        }
    })
}
