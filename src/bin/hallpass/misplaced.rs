//! Refuses a secret where a name, a path or a word is expected, without repeating it.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use hallpass::backend::location::{BadLocation, Location};
use hallpass::scan::{Kind, holds_secret, secrets};

use crate::failure::Failure;

/// Refuses arguments that contain a secret: other users see them for as long as the program runs.
pub(crate) fn refuse_in_arguments(arguments: &[OsString]) -> Result<(), Failure> {
    let Some((at, kind)) = arguments
        .iter()
        .enumerate()
        .find_map(|(at, word)| Some((at, holds_secret(word.as_bytes())?)))
    else {
        return Ok(());
    };
    let before = at.checked_sub(1).and_then(|before| arguments.get(before));
    let named = [arguments.get(at), before]
        .into_iter()
        .flatten()
        .find_map(option);
    let position = named.map_or_else(|| "an argument".to_owned(), |option| format!("`{option}`"));
    Err(refused(&position, kind))
}

/// Refuses the URL of a database with a password in any argument, also where none is expected. To be
/// called before anything else looks at them: it would repeat what it does not understand.
pub(crate) fn refuse_passwords_in_urls(arguments: &[OsString]) -> Result<(), Failure> {
    match arguments.iter().find_map(password_in_url) {
        Some(bad) => Err(bad.into()),
        None => Ok(()),
    }
}

fn password_in_url(word: &OsString) -> Option<BadLocation> {
    let bytes = word.as_bytes();
    let value = match bytes.iter().position(|byte| *byte == b'=') {
        Some(at) if bytes.starts_with(b"--") => bytes.get(at + 1..)?,
        _ => bytes,
    };
    let checked = Location::check(Path::new(OsStr::from_bytes(value)));
    checked.err().filter(BadLocation::holds_password)
}

/// Builds the refusal of an environment variable that contains a secret.
pub(crate) fn in_variable(name: &str, kind: Kind) -> Failure {
    refused(&format!("`{name}`"), kind)
}

/// Refuses a settings file or a declaration that contains a secret. `name` is its name in messages.
pub(crate) fn refuse_in_file(name: &str, text: &str) -> Result<(), Failure> {
    let Some(secret) = secrets(text.as_bytes()).into_iter().next() else {
        return Ok(());
    };
    let before = text.as_bytes().iter().take(secret.range.start);
    let line = 1 + before.filter(|byte| **byte == b'\n').count();
    Err(refused(&format!("{name}, line {line},"), secret.kind))
}

/// Refuses a line that contains a secret and was visible while it was typed.
pub(crate) fn refuse_typed(line: &str) -> Result<(), Failure> {
    match holds_secret(line.as_bytes()) {
        Some(kind) => Err(refused("what was typed", kind)),
        None => Ok(()),
    }
}

/// Returns the option in `--option=value` or `--option`.
fn option(word: &OsString) -> Option<&str> {
    let text = word.to_str().filter(|text| text.starts_with("--"))?;
    let name = text.split('=').next()?;
    (name.len() > 2 && holds_secret(name.as_bytes()).is_none()).then_some(name)
}

fn refused(position: &str, kind: Kind) -> Failure {
    let message = format!(
        "{position} holds {}; a secret must not be there",
        kind.word()
    );
    Failure::usage(message).advice(match kind {
        Kind::Token => {
            "use the token's id, or pipe the token in; revoke it if others may have seen it"
        }
        Kind::Key => "give the file that holds it: `--key-file FILE`",
        Kind::RecoveryCode => "put it into a file and give that: `--passphrase-file FILE`",
    })
}

#[cfg(test)]
mod tests {
    use hallpass::barrier::recovery::RecoveryCode;
    use hallpass::entropy::OsEntropy;

    use super::*;

    #[cfg(feature = "postgres")]
    #[test]
    fn a_password_in_a_url_is_refused_wherever_it_is() {
        let refused = |word: &str| {
            let words = ["hallpass".into(), word.into()];
            let failure = refuse_passwords_in_urls(&words).err()?;
            assert!(!format!("{failure:?}").contains("canary"), "{failure:?}");
            Some(failure.kind())
        };
        for word in [
            "postgres://ann:canary@h/d",
            "--store=postgres://ann:canary@h/d",
            "--stor=postgresql://h/d?password=canary",
            "postgres://ann:1/canary@h/d",
        ] {
            assert_eq!(refused(word), Some(hallpass::Kind::Usage), "{word}");
        }
        for word in [
            "postgres://ann@h/d",
            "--store=postgres://h/d?schema=x",
            "postgres:/x",
            "https://ann:canary@h/d",
            "--",
            "a=postgres://ann:canary@h/d",
        ] {
            assert_eq!(refused(word), None, "{word}");
        }
    }

    #[test]
    fn the_option_is_named_that_holds_a_secret_and_the_secret_is_not() {
        let code = RecoveryCode::generate(&mut OsEntropy).unwrap().encode();
        let code = code.expose();
        let joined = format!("--passphrase-file={code}");
        let spread = code.replace('-', " - ");
        for (words, place) in [
            (
                vec!["--passphrase-file", code],
                "`--passphrase-file` holds a recovery code",
            ),
            (
                vec![joined.as_str()],
                "`--passphrase-file` holds a recovery code",
            ),
            (
                vec!["store", "backup", code],
                "an argument holds a recovery code",
            ),
            (
                vec!["store", "backup", &spread],
                "an argument holds a recovery code",
            ),
        ] {
            let words: Vec<_> = words.iter().map(OsString::from).collect();
            let failure = refuse_in_arguments(&words).unwrap_err();
            assert!(failure.message().starts_with(place), "{failure:?}");
            assert!(!format!("{failure:?}").contains(code.split('-').next().unwrap()));
        }
        assert!(refuse_in_arguments(&["hallpass".into(), "status".into()]).is_ok());
        let failure = refuse_in_file("`f`", &format!("a\nb = \"{code}\"\n")).unwrap_err();
        assert!(
            failure.message().starts_with("`f`, line 2, holds"),
            "{failure:?}"
        );
    }
}
