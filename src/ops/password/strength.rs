//! Password strength.

use zxcvbn::feedback::Feedback;
use zxcvbn::{Score, zxcvbn};

use crate::error::{Refusal, Result};
use crate::model::email::EmailAddress;
use crate::model::name::{ConnectionName, ProfileName};
use crate::ops::profile::Draft;

/// The minimum length of a password that is the only factor, in characters.
const SHORTEST: usize = 15;

/// The maximum length, in bytes.
const LONGEST: usize = 1024;

/// Words that make a password of this profile easier to guess.
#[derive(Debug, Default)]
pub struct Words(Vec<String>);

impl Words {
    pub(super) fn of(
        name: Option<&ProfileName>,
        email: Option<&EmailAddress>,
        connections: &[ConnectionName],
    ) -> Self {
        let mut words = vec!["hallpass".to_owned()];
        words.extend(name.map(ToString::to_string));
        if let Some(email) = email {
            words.push(email.to_string());
            words.extend(email.as_str().split(['@', '.']).map(str::to_owned));
        }
        words.extend(connections.iter().map(ToString::to_string));
        Self(words)
    }

    pub(in crate::ops) fn of_draft(draft: &Draft) -> Self {
        Self::of(Some(&draft.name), draft.email.as_ref(), &draft.connections)
    }
}

/// Refuses a password that is too short, too long or too easy to guess.
pub(super) fn check(normal: &str, words: &Words) -> Result<()> {
    let why = if normal.chars().count() < SHORTEST {
        format!("use at least {SHORTEST} characters")
    } else if normal.len() > LONGEST {
        format!("use at most {LONGEST} bytes")
    } else {
        let words: Vec<&str> = words.0.iter().map(String::as_str).collect();
        let guess = zxcvbn(normal, &words);
        if guess.score() >= Score::Three {
            return Ok(());
        }
        let warning = guess
            .feedback()
            .and_then(Feedback::warning)
            .map(|it| it.to_string());
        // The crate's words, in the format of our messages.
        let warning = warning.map(|warning| {
            warning
                .trim_end_matches('.')
                .to_lowercase()
                .replace('"', "`")
        });
        warning.unwrap_or_else(|| "it is easy to guess; add a few uncommon words".to_owned())
    };
    Err(Refusal::WeakPassword(why).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(text: &str, words: &Words) -> Option<String> {
        check(text, words).err().map(|error| error.to_string())
    }

    #[test]
    fn a_password_has_15_characters_at_least_and_1024_bytes_at_most() {
        let none = Words::default();
        let strong = "vK7#q zT2 mW9 é";
        assert_eq!(strong.chars().count(), 15);
        assert_eq!(why(strong, &none), None);
        let short: String = strong.chars().skip(1).collect();
        assert!(why(&short, &none).unwrap().contains("at least 15"));
        let padded = |length: usize| format!("{strong}{}", "~".repeat(length - strong.len()));
        assert_eq!(why(&padded(1024), &none), None);
        assert!(why(&padded(1025), &none).unwrap().contains("at most 1024"));
    }

    #[test]
    fn an_address_is_a_word_too() {
        let text = "qv1.zk2.jx3.wp4.lm5.tb6@rt7.example.org";
        let of = |email: &str| Words::of(None, Some(&email.parse().unwrap()), &[]);
        assert_eq!(
            why(text, &of("rt7.zk2.tb6.qv1.lm5.wp4@jx3.example.org")),
            None
        );
        assert!(why(text, &of(text)).is_some());
    }

    #[test]
    fn a_password_that_is_safely_unguessable_is_enough() {
        let text = "turbine saffron";
        assert_eq!(zxcvbn(text, &[]).score(), Score::Three, "the premise");
        assert_eq!(why(text, &Words::default()), None);
    }

    #[test]
    fn a_password_of_common_or_own_words_is_refused() {
        assert!(why("passwordpassword", &Words::default()).is_some());
        let own = "qvzkjxwplmrtanna";
        assert_eq!(why(own, &Words::default()), None, "the premise");
        let words = Words::of(Some(&"qvzkjxwplmrt".parse().unwrap()), None, &[]);
        assert!(why(own, &words).is_some());
        let email = "qvzkjxwplmrt@example.org".parse().unwrap();
        let words = Words::of(None, Some(&email), &[]);
        assert!(why(own, &words).is_some());
        let words = Words::of(None, None, &["qvzkjxwplmrt".parse().unwrap()]);
        assert!(why(own, &words).is_some());
    }
}
