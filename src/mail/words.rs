//! Sanitizes words of mail servers and programs for display.

use crate::model::text::drives_terminal;

/// The longest text of another party that is kept, in characters.
const LONGEST: usize = 400;

/// Returns a text of another party in one line, without anything that a terminal acts on, and of
/// limited length.
pub(super) fn plain(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if drives_terminal(c) { ' ' } else { c })
        .collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(LONGEST) {
        None => text,
        Some((end, _)) => text
            .get(..end)
            .map(|head| format!("{head}…"))
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stranger_says_is_one_short_line() {
        assert_eq!(
            plain("451 4.3.0\r\n try\u{1b}[2J again\u{202e} "),
            "451 4.3.0 try [2J again"
        );
        assert_eq!(plain(&"é".repeat(500)).chars().count(), LONGEST + 1);
    }
}
