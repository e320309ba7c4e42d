//! Every secret is masked, however it is split, and nothing else changes.

use std::cell::RefCell;
use std::rc::Rc;

use hallpass::barrier::key_file;
use hallpass::barrier::recovery::RecoveryCode;
use hallpass::crypto::Key;
use hallpass::entropy::{Entropy, OsEntropy};
use hallpass::model::token::{Encoding, Token};

use super::*;

/// Returns a secret of each kind and encoding, and what is shown instead.
fn all() -> Vec<(String, &'static str)> {
    let token = Token::generate(&mut OsEntropy).unwrap();
    let spelled = |form| token.encode(form).expose().to_owned();
    let mut id = [0; 16];
    OsEntropy.fill(&mut id).unwrap();
    let key = key_file::encode(&id, &Key::generate(&mut OsEntropy).unwrap());
    let code = RecoveryCode::generate(&mut OsEntropy)
        .unwrap()
        .encode()
        .expose()
        .to_owned();
    let token = "(a whole token)";
    let recovery = "(a recovery code)";
    vec![
        (spelled(Encoding::Native), token),
        (spelled(Encoding::Xml), token),
        (
            spelled(Encoding::Xml)
                .replace('<', "&lt;")
                .replace('>', "&gt;"),
            token,
        ),
        (spelled(Encoding::Xml).replace('/', "\\/"), token),
        (
            spelled(Encoding::Xml)
                .replace('<', "%3C")
                .replace('>', "%3E"),
            token,
        ),
        (
            spelled(Encoding::Header)
                .trim_start_matches("AfasToken ")
                .to_owned(),
            token,
        ),
        (key.expose().trim_end().to_owned(), "(a key of a store)"),
        (code.clone(), recovery),
        (code.to_lowercase(), recovery),
        (code.replace('-', " "), recovery),
        (code.replace('-', ""), recovery),
    ]
}

/// Returns the output of `parts` behind the mask.
fn written<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    #[derive(Clone, Default)]
    struct Out(Rc<RefCell<Vec<u8>>>);
    impl Write for Out {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let out = Out::default();
    let mut masked = Masked::new(out.clone());
    parts
        .into_iter()
        .for_each(|part| masked.write_all(part).unwrap());
    drop(masked);
    String::from_utf8(out.0.take()).unwrap()
}

#[test]
fn a_recovery_code_is_masked_between_other_letters_too() {
    let code = RecoveryCode::generate(&mut OsEntropy)
        .unwrap()
        .encode()
        .expose()
        .to_owned();
    for code in [
        code.clone(),
        code.replace('-', ""),
        code.to_lowercase(),
        code.replace('-', " "),
    ] {
        for (before, after) in [("x", ""), ("", "x"), ("Z9", "q"), ("abcd-efg", "hijkl")] {
            let masked = text(&format!("{before}{code}{after}")).into_owned();
            assert_eq!(masked, format!("{before}(a recovery code){after}"));
        }
    }
}

#[test]
fn each_secret_is_masked_and_what_is_around_it_stays() {
    for (secret, mask) in all() {
        let line = format!("no `{secret}`, é and --x={secret};\n");
        let expected = format!("no `{mask}`, é and --x={mask};\n");
        assert_eq!(text(&line), expected);
        assert_eq!(written([line.as_bytes()]), expected);
        assert_eq!(written(line.as_bytes().chunks(1)), expected);
    }
}

#[test]
fn no_border_of_a_buffer_cuts_a_secret() {
    for (secret, mask) in all() {
        for before in (CAPACITY - LONGEST_SECRET - 200..CAPACITY + 8).step_by(7) {
            let around = [".".repeat(before), secret.clone(), ".".repeat(900)].concat();
            let expected = [".".repeat(before), mask.to_owned(), ".".repeat(900)].concat();
            assert!(
                written(around.as_bytes().chunks(5000)) == expected,
                "{mask} at {before}"
            );
        }
    }
}

#[test]
fn what_is_no_secret_stays_as_it_is() {
    let hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    for plain in [
        hash,
        "hpass_5fu6DZtt8pT is an id, and hpass_00000000000000000000000000000000000000000000000000 none",
        "HALLPASS-KEY-1: how a key file begins",
        "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GGGG-HHHH-0000",
        "<token><version>1</version><data>00</data></token>",
        "550e8400-e29b-41d4-a716-446655440000",
    ] {
        let long = format!("{} {plain} {}", "x ".repeat(40_000), "y ".repeat(40_000));
        assert_eq!(text(plain), plain);
        assert!(written(long.as_bytes().chunks(333)) == long, "{plain}");
    }
}

#[test]
fn a_message_does_not_repeat_what_was_mistyped_either() {
    let key = "HALLPASS-KEY-1:0123456789abcdef:ABCDEFGHIJKLMNOPQRSTUVWXYZ234567:0";
    assert_eq!(
        message(&format!("no key file `{key}`")),
        "no key file `(a key of a store)`"
    );
    let code = "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GGGG-HHHH-0000";
    assert_eq!(message(&format!("no `{code}`")), "no `(a recovery code)`");
    assert_eq!(
        message("it begins with HALLPASS-KEY-1"),
        "it begins with HALLPASS-KEY-1"
    );
}
