//! What to do after a failure: a command to paste, or advice.

use std::fmt;

/// What to do after a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Hint {
    /// A command of this program, ready to paste: the words after its name.
    Command(String),
    /// What to do where no command helps.
    Advice(String),
}

impl Hint {
    /// A command, without the program's name: `profile list`.
    pub(crate) fn command(words: impl Into<String>) -> Self {
        Self::Command(words.into())
    }

    /// What to do where no command helps.
    pub(crate) fn advice(text: impl Into<String>) -> Self {
        Self::Advice(text.into())
    }

    /// Makes a command name the store that this run named: `options` are the options that named it, a
    /// space before each.
    pub(crate) fn aimed(self, options: &str) -> Self {
        match self {
            Self::Command(words) if !options.is_empty() => {
                Self::Command(format!("{} {words}", options.trim_start()))
            }
            other => other,
        }
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command(words) => write!(f, "hallpass {words}"),
            Self::Advice(text) => f.write_str(text),
        }
    }
}
