//! Menus, and questions whose answers are shown as they are typed.

use std::io;

use dialoguer::{Input, MultiSelect, Select};
use hallpass::Kind;

use super::guard;
use crate::failure::Failure;
use crate::output::sanitize;
use crate::report::tell;

/// Lets one of `items` be chosen, by its number; `None` is Esc.
pub(crate) fn choose(question: &str, items: &[String]) -> Result<Option<usize>, Failure> {
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
    guard::restore_on_interrupt();
    let items = items.iter().map(|(item, chosen)| (sanitize::line(item), *chosen));
    let menu = MultiSelect::new().with_prompt(sanitize::line(question)).items_checked(items);
    answered(menu.interact_opt())
}

/// Asks for a line; `None` is Enter alone.
pub(crate) fn line(question: &str) -> Result<Option<String>, Failure> {
    guard::restore_on_interrupt();
    let asked = Input::<String>::new().with_prompt(sanitize::line(question)).allow_empty(true);
    let typed = answered(asked.interact_text())?.trim().to_owned();
    Ok(Some(typed).filter(|typed| !typed.is_empty()))
}

fn answered<T>(answer: dialoguer::Result<T>) -> Result<T, Failure> {
    answer.map_err(|error| {
        // What menus hide, and leave hidden when they fail.
        tell(guard::SHOW_CURSOR);
        let dialoguer::Error::IO(source) = error;
        match source.kind() {
            io::ErrorKind::Interrupted => Failure::new(Kind::Interrupted, "interrupted"),
            _ => Failure::new(Kind::Failed, "the terminal cannot be read").because(&source),
        }
    })
}
