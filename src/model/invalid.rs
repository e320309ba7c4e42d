//! Why outside text is not what it should be.

/// A text that does not parse. Its message never repeats the text, which may be a secret or hostile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not {what}: {why}")]
pub struct Invalid {
    /// What was expected, with its article: "a name", "a duration".
    pub what: &'static str,
    /// What is wrong, and what would be right.
    pub why: String,
    /// What to do instead, where `why` does not say it.
    pub hint: Option<String>,
}

impl Invalid {
    /// Makes one.
    pub fn new(what: &'static str, why: impl Into<String>) -> Self {
        Self {
            what,
            why: why.into(),
            hint: None,
        }
    }

    /// Adds what to do instead.
    #[must_use]
    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }
}
