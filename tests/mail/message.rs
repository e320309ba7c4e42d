//! The bytes of a mail.

use hallpass::mail::compose;
use proptest::prelude::*;

use super::{saying, settings};

fn bytes(subject: &str, text: &str) -> String {
    let mut message = saying(text);
    subject.clone_into(&mut message.subject);
    let bytes = compose(&settings("outbox:/o"), &message);
    assert!(bytes.is_ascii());
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_letter_is_these_bytes_and_no_others() {
    let expected = "Date: Tue, 24 Nov 2026 12:00:00 +0000\r\n\
        From: \"Example\" <noreply@example.com>\r\n\
        To: <anna@example.org>\r\n\
        Subject: A test\r\n\
        Message-ID: <0123abcd@example.com>\r\n\
        Auto-Submitted: auto-generated\r\n\
        X-Auto-Response-Suppress: All\r\n\
        MIME-Version: 1.0\r\n\
        Content-Type: multipart/alternative; boundary=\"=_0123abcd\"\r\n\
        \r\n--=_0123abcd\r\n\
        Content-Type: text/plain; charset=\"utf-8\"\r\n\
        Content-Transfer-Encoding: 7bit\r\n\r\n\
        Hello,\r\n12345678\r\n\
        \r\n--=_0123abcd\r\n\
        Content-Type: text/html; charset=\"utf-8\"\r\n\
        Content-Transfer-Encoding: 7bit\r\n\r\n\
        <p>Hello</p>\r\n\
        \r\n--=_0123abcd--\r\n";
    assert_eq!(bytes("A test", "Hello,\n12345678\n"), expected);
    assert_eq!(bytes("A test", "Hello,\n12345678\n"), expected, "again");
}

#[test]
fn what_is_not_ascii_is_encoded() {
    let mail = bytes("Code für Bücher", "Größe, said the builder of the server\n");
    assert!(mail.contains("Subject: =?utf-8?"), "{mail}");
    assert!(mail.contains("Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=B6=C3=9Fe"));
}

#[test]
fn no_subject_adds_a_header() {
    for break_out in [
        "\r\nBcc: x@y.z",
        "\nBcc: x@y.z",
        "\rBcc: x@y.z",
        "\u{2028}Bcc: x@y.z",
    ] {
        let mail = bytes(&format!("A{break_out}\r\n\r\nbody"), "text\n");
        assert!(!mail.contains("\nBcc") && !mail.contains("\rBcc"), "{mail}");
        assert_eq!(headers(&mail).len(), 9, "{mail}");
    }
}

/// The headers, unfolded.
fn headers(mail: &str) -> Vec<String> {
    let head = mail.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
    head.split("\r\n").map(str::to_owned).collect()
}

#[test]
fn nothing_but_lines_of_text_is_in_a_part() {
    let mail = bytes("A test", "a\r\nb\rc\0d\u{1b}[2Je\n");
    assert!(mail.contains("\r\n\r\na\r\nbcd[2Je\r\n\r\n--"), "{mail}");
}

proptest! {
    #[test]
    fn whatever_it_says_the_shape_holds(subject in any::<String>(), text in any::<String>()) {
        let mail = bytes(&subject, &text);
        prop_assert_eq!(headers(&mail).len(), 9);
        // Every carriage return has its line feed, and the other way round.
        prop_assert!(!mail.replace("\r\n", "").contains(['\r', '\n']));
        prop_assert!(mail.split("\r\n").all(|line| line.len() <= 78), "{}", mail);
        prop_assert_eq!(mail.matches("\r\n--=_0123abcd").count(), 3);
    }

    #[test]
    fn long_words_are_folded(word in "[a-zé]{1,1000}") {
        prop_assert!(bytes(&word, &word).split("\r\n").all(|line| line.len() <= 78));
    }
}
