//! Nothing that was stored or typed controls a terminal.

use std::fmt::Write as _;
use std::path::Path;

use hallpass::files::trust;
use hallpass::model::text::drives_terminal;
use hallpass::model::token::looks_like_token;

use super::mask;

/// Escapes everything in `text` that a terminal would act on, or hide, as `\u{202e}`, and masks
/// secrets: after the layout they can no longer be recognized.
pub(crate) fn line(text: &str) -> String {
    let text = mask::text(text);
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if drives_terminal(c) {
            // Writing to a string cannot fail.
            let _ = write!(safe, "\\u{{{:x}}}", u32::from(c));
        } else {
            safe.push(c);
        }
    }
    safe
}

/// Escapes like [`line()`], but keeps newlines: for texts that this program lays out.
pub(crate) fn block(text: &str) -> String {
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// Escapes like [`block`], but keeps tabs: for texts that other programs read.
pub(crate) fn document(text: &str) -> String {
    text.split('\t').map(block).collect::<Vec<_>>().join("\t")
}

/// Returns `text` with whole tokens removed.
///
/// For messages that repeat what was typed: it may contain a token where none belongs.
pub(crate) fn without_tokens(text: &str) -> String {
    if looks_like_token(text.trim_matches(['`', '\'', '"'])) {
        return "a whole token".to_owned();
    }
    text.split_inclusive(is_border).map(without_token).collect()
}

/// Removes tokens like [`without_tokens`], from names joined by dots: `profiles.ci.email`.
pub(crate) fn names_without_tokens(text: &str) -> String {
    text.split('.')
        .map(without_tokens)
        .collect::<Vec<_>>()
        .join(".")
}

fn without_token(piece: &str) -> String {
    let word = piece.trim_end_matches(is_border);
    if looks_like_token(word) {
        return piece.replacen(word, "(a whole token)", 1);
    }
    piece.to_owned()
}

/// Whether a character can delimit a token in a message or an argument: `--token-file=hpass_…`.
fn is_border(c: char) -> bool {
    c.is_whitespace() || "`'\"=,:()/<>-".contains(c)
}

/// Quotes a path for a shell.
pub(crate) fn shell(path: &Path) -> String {
    trust::shell_word(&path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// T26: every Unicode scalar.
    #[test]
    fn no_scalar_gets_through_to_drive_a_terminal() {
        let all: String = (char::MIN..=char::MAX).collect();
        assert!(
            all.contains('\u{1b}') && all.contains('\u{202e}'),
            "or this proves nothing"
        );
        assert!(!line(&all).chars().any(drives_terminal));
        assert_eq!(line("a\u{202e}b\n"), "a\\u{202e}b\\u{a}");
    }

    #[test]
    fn ordinary_text_stays_as_it_is() {
        assert_eq!(line("Zoë 日本 \\u{41}"), "Zoë 日本 \\u{41}");
        assert_eq!(block("a\nb\r"), "a\nb\\u{d}");
    }

    #[test]
    fn a_token_in_a_message_is_not_repeated() {
        let token = format!("hpass_{}", "0".repeat(50));
        let hex = "ab".repeat(32);
        for secret in [token.as_str(), hex.as_str()] {
            let xml = format!("<token><version>1</version><data>{secret}</data></token>");
            assert!(!without_tokens(&format!("no `{xml}`")).contains(secret));
            for text in [
                secret.to_owned(),
                format!("no `{secret}`"),
                format!("--x={secret} y"),
            ] {
                assert!(!without_tokens(&text).contains(secret), "{text}");
            }
        }
        assert_eq!(
            without_tokens("no token `hpass_00000000000`"),
            "no token `hpass_00000000000`"
        );
    }

    #[test]
    fn a_path_can_be_pasted() {
        assert_eq!(shell(Path::new("/a/b-1.db")), "/a/b-1.db");
        assert_eq!(shell(Path::new("/a b/it's")), r"'/a b/it'\''s'");
    }
}
