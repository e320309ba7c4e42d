//! How hard a passphrase is to guess.

use hallpass::secret::SecretText;
use zxcvbn::{Score, zxcvbn};

/// The estimated strength of a passphrase.
pub(crate) struct Strength {
    score: Score,
    magnitude: f64,
    advice: Option<String>,
}

impl Strength {
    /// Estimates `passphrase`.
    pub(crate) fn of(passphrase: &SecretText) -> Self {
        let estimate = zxcvbn(passphrase.expose(), &["hallpass"]);
        let warning = estimate
            .feedback()
            .and_then(zxcvbn::feedback::Feedback::warning);
        Self {
            score: estimate.score(),
            magnitude: estimate.guesses_log10(),
            advice: warning.map(|warning| warning.to_string()),
        }
    }

    /// Whether it would resist an attacker who has the file and much time.
    pub(crate) fn is_strong(&self) -> bool {
        self.score >= Score::Four
    }

    /// Whether it is accepted where nobody can be asked again.
    pub(crate) fn is_tolerable(&self) -> bool {
        self.score >= Score::Three
    }

    /// Describes the strength in one line, for a person.
    pub(crate) fn line(&self) -> String {
        let word = match self.score {
            Score::Zero | Score::One => "very weak",
            Score::Two => "weak",
            Score::Three => "fair",
            _ => "strong",
        };
        let advice = self
            .advice
            .as_deref()
            .map(|why| format!(" {why}"))
            .unwrap_or_default();
        format!(
            "Strength: {word}, about 10^{:.0} guesses.{advice}",
            self.magnitude
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_common_word_is_weak_and_four_random_ones_are_strong() {
        let weak = Strength::of(&SecretText::new("password1".to_owned()));
        assert!(!weak.is_strong());
        assert!(
            weak.line().starts_with("Strength: very weak"),
            "{}",
            weak.line()
        );
        let strong = Strength::of(&SecretText::new("cobalt lantern quiet otter".to_owned()));
        assert!(strong.is_strong(), "{}", strong.line());
        assert!(!strong.line().contains("lantern"));
    }
}
