//! Menus on a terminal that cannot move the cursor: a list, and a question for numbers.

use super::line::line;
use crate::failure::Failure;
use crate::output::sanitize;
use crate::report::write_line;

/// Asks the person to choose one of `items`; `None` is Enter alone.
pub(super) fn choose(question: &str, items: &[String]) -> Result<Option<usize>, Failure> {
    list(question, items.iter().map(|item| (item.as_str(), "")));
    loop {
        let Some(answer) = line("Number (Enter to go back)")? else {
            return Ok(None);
        };
        match index(&answer, items.len()) {
            Some(index) => return Ok(Some(index)),
            None => none_of(items.len()),
        }
    }
}

/// Asks the person to choose any of `items`, some of which are already selected; `None` is Enter
/// alone.
pub(super) fn choose_several(
    question: &str,
    items: &[(String, bool)],
) -> Result<Option<Vec<usize>>, Failure> {
    let mark = |chosen: bool| if chosen { " (chosen)" } else { "" };
    list(
        question,
        items
            .iter()
            .map(|(item, chosen)| (item.as_str(), mark(*chosen))),
    );
    loop {
        let asked = "Numbers, separated by spaces (Enter to keep them, - for none)";
        let Some(answer) = line(asked)? else {
            return Ok(None);
        };
        let words = answer.split_whitespace().filter(|word| *word != "-");
        let indexes: Option<Vec<_>> = words.map(|word| index(word, items.len())).collect();
        match indexes {
            Some(indexes) => return Ok(Some(indexes)),
            None => none_of(items.len()),
        }
    }
}

fn list<'a>(question: &str, items: impl Iterator<Item = (&'a str, &'static str)>) {
    write_line(&sanitize::line(question));
    for (n, (item, mark)) in items.enumerate() {
        write_line(&format!("{:>3}  {}{mark}", n + 1, sanitize::line(item)));
    }
}

/// Returns the index of a number that counts from 1, if it is at most `count`.
fn index(number: &str, count: usize) -> Option<usize> {
    let index = number.parse::<usize>().ok()?.checked_sub(1)?;
    (index < count).then_some(index)
}

fn none_of(count: usize) {
    write_line(&format!("Enter a number from 1 to {count}."));
}
