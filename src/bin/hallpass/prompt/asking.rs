//! Whether prompts are possible, and the refusal where they are not.

use hallpass::Kind;

use crate::failure::Failure;
use crate::stdio;

/// Whether a person can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asking {
    /// There is a terminal.
    Possible,
    /// There is none.
    NoTerminal,
    /// `--no-input` forbids it.
    Forbidden,
}

impl Asking {
    /// Determines it for this process.
    pub(crate) fn now(no_input: bool) -> Self {
        match (
            no_input,
            stdio::stdin_is_terminal() && stdio::stderr_is_terminal(),
        ) {
            (true, _) => Self::Forbidden,
            (_, true) => Self::Possible,
            (_, false) => Self::NoTerminal,
        }
    }

    /// Fails where nobody can be asked; names the option to use instead.
    pub(crate) fn or_refuse(self, kind: Kind, what: &str, instead: &str) -> Result<(), Failure> {
        let why = match self {
            Self::Possible => return Ok(()),
            Self::NoTerminal => "there is no terminal",
            Self::Forbidden => "`--no-input` forbids it",
        };
        let message = format!("cannot ask for {}: {why}", within_a_sentence(what));
        Err(Failure::new(kind, message).advice(instead))
    }
}

/// Formats the beginning of a prompt for the middle of a message.
fn within_a_sentence(what: &str) -> String {
    let mut rest = what.chars();
    let first = rest.next().into_iter().flat_map(char::to_lowercase);
    first.chain(rest).collect()
}
