//! The layout of a guide, and that it never controls the terminal.

use hallpass::barrier::recovery::RecoveryCode;
use hallpass::entropy::OsEntropy;
use hallpass::model::text::drives_terminal;

use super::*;

fn plain(text: &str) -> String {
    render(
        text,
        Look {
            color: false,
            width: Some(40),
        },
    )
}

fn colored(text: &str) -> String {
    render(
        text,
        Look {
            color: true,
            width: Some(40),
        },
    )
}

#[test]
fn headings_paragraphs_and_code_are_told_apart() {
    let text = "# One\n\nA text that is\nlonger than the forty columns there are.\n\n```sh\na b\n\n\tc\n```\nEnd.\n";
    let shown = "One\n===\n\nA text that is longer than the forty\ncolumns there are.\n\n    a b\n\n        c\n\nEnd.\n";
    assert_eq!(plain(text), shown);
}

#[test]
fn a_secret_is_masked_before_its_line_is_broken() {
    let code = RecoveryCode::generate(&mut OsEntropy).unwrap().encode();
    let code = code.expose().replace('-', " ");
    let shown = plain(&format!("Open it with the code {code} of the store.\n"));
    assert_eq!(
        shown,
        "Open it with the code (a recovery code)\nof the store.\n"
    );
}

#[test]
fn lists_hang_and_count() {
    let text = "Before\n\n- one\n- two that goes on and on until the line is full\n  1. inner\n  2. next\n- three\n\nAfter\n";
    let shown = "Before\n\n- one\n- two that goes on and on until the line\n  is full\n  1. inner\n  2. next\n- three\n\nAfter\n";
    assert_eq!(plain(text), shown);
    assert_eq!(plain("9. nine\n10. ten\n"), "9. nine\n10. ten\n");
    assert_eq!(plain("- a\n\n- b\n"), "- a\n- b\n");
    assert_eq!(plain("-\n- b\n"), "-\n- b\n");
}

#[test]
fn quotes_rules_links_and_breaks_are_shown() {
    assert_eq!(plain("> said\n> so\n"), "| said so\n");
    assert_eq!(
        plain("a\n\n---\n\nb\n"),
        format!("a\n\n{}\n\nb\n", "-".repeat(40))
    );
    assert_eq!(
        plain("[here](https://a.example)"),
        "here (https://a.example)\n"
    );
    assert_eq!(plain("<https://a.example>"), "https://a.example\n");
    assert_eq!(plain("one  \ntwo"), "one\ntwo\n");
    assert_eq!(plain("a <b>c</b>"), "a <b>c</b>\n");
    assert_eq!(plain(""), "");
}

#[test]
fn emphasis_is_colour_and_code_has_its_marks_without_it() {
    assert_eq!(plain("a *b* **c** `d e`"), "a b c `d e`\n");
    let shown = "a \u{1b}[3mb\u{1b}[0m \u{1b}[1mc\u{1b}[0m \u{1b}[36md e\u{1b}[0m\n";
    assert_eq!(colored("a *b* **c** `d e`"), shown);
    assert_eq!(colored("# A"), "\u{1b}[1mA\u{1b}[0m\n=\n");
    // A word that is emphasised in part stays one word.
    assert_eq!(colored("a**b**c"), "a\u{1b}[1mb\u{1b}[0mc\n");
}

#[test]
fn no_text_drives_the_terminal() {
    let bad: String = (0..=0x10_ffff)
        .filter_map(char::from_u32)
        .filter(|c| drives_terminal(*c))
        .collect();
    let bad = bad.replace(['\n', '\r', '\t'], "");
    assert!(
        bad.contains('\u{1b}') && bad.contains('\u{202e}'),
        "or this proves nothing"
    );
    for text in [
        format!("a{bad}b"),
        format!("# {bad}"),
        format!("- {bad}"),
        format!("`{bad}`"),
        format!("```\n{bad}\n```"),
        format!("[a](https://a.example/{bad})"),
        format!("<b {bad}>"),
        "&#27;[2J&#x202e;&#x9b;1m".to_owned(),
    ] {
        let shown = plain(&text);
        assert!(
            !shown.chars().any(|c| c != '\n' && drives_terminal(c)),
            "{shown:?}"
        );
    }
}

#[test]
fn no_line_is_wider_than_the_terminal_but_for_code() {
    let text = "word ".repeat(200) + "\n\n- " + &"item ".repeat(90) + "\n\n" + &"日本 ".repeat(60);
    for width in [20, 33, 80, 300] {
        let shown = render(
            &text,
            Look {
                color: false,
                width: Some(width),
            },
        );
        let widest = shown
            .lines()
            .map(unicode_width::UnicodeWidthStr::width)
            .max()
            .unwrap();
        assert!(
            widest <= usize::from(width.min(WIDEST)),
            "{width}: {widest}"
        );
        assert!(
            widest + 12 > usize::from(width.min(WIDEST)),
            "{width}: {widest}"
        );
    }
}
