//! The error of parsing outside text.

/// Text that does not parse. The message never repeats the text, which may be secret or hostile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not {what}: {why}")]
pub struct Invalid {
    /// What was expected, with its article: "a name", "a duration".
    pub what: &'static str,
    /// What is wrong, and what would be valid.
    pub why: String,
    /// What to do instead, where `why` does not include it.
    pub hint: Option<String>,
}

impl Invalid {
    /// Creates the error without a hint.
    pub fn new(what: &'static str, why: impl Into<String>) -> Self {
        Self {
            what,
            why: why.into(),
            hint: None,
        }
    }

    /// Adds a hint.
    #[must_use]
    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }
}
