//! Talking with a person at a terminal.

use std::sync::atomic::{AtomicBool, Ordering};

use hallpass::Kind;
use hallpass::secret::SecretText;

use crate::failure::Failure;
use crate::output::sanitize;
use crate::report::tell;
use crate::secrets::Secrets;
use crate::stdio;

pub(crate) mod guard;
mod interrupt;
pub(crate) mod menu;
mod numbered;
mod strength;

pub(crate) use interrupt::Interrupt;
pub(crate) use strength::Strength;

/// Whether the terminal takes lines and nothing else.
static ONLY_LINES: AtomicBool = AtomicBool::new(false);

/// From now on, nothing is drawn on the terminal: it does not say that its cursor can be moved.
pub(crate) fn draw_nothing() {
    ONLY_LINES.store(true, Ordering::Relaxed);
}

/// Whether something can be drawn on the terminal.
pub(crate) fn can_draw() -> bool {
    !ONLY_LINES.load(Ordering::Relaxed)
}

/// How often two entries may differ before it is given up.
const TRIES: usize = 3;

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
    /// What holds for this process.
    pub(crate) fn now(no_input: bool) -> Self {
        match (no_input, stdio::stdin_is_terminal() && stdio::stderr_is_terminal()) {
            (true, _) => Self::Forbidden,
            (_, true) => Self::Possible,
            (_, false) => Self::NoTerminal,
        }
    }

    /// Refuses at once where nobody can be asked, saying which option would serve.
    pub(crate) fn or_refuse(self, kind: Kind, what: &str, instead: &str) -> Result<(), Failure> {
        let why = match self {
            Self::Possible => return Ok(()),
            Self::NoTerminal => "there is no terminal",
            Self::Forbidden => "`--no-input` forbids it",
        };
        let message = format!("cannot ask for {}: {why}", within_a_sentence(what));
        Err(Failure::new(kind, message).hint(instead))
    }
}

/// What begins a prompt, in the middle of a message.
fn within_a_sentence(what: &str) -> String {
    let mut rest = what.chars();
    let first = rest.next().into_iter().flat_map(char::to_lowercase);
    first.chain(rest).collect()
}

/// Asks for yes or no. Only `y` or `yes`, alone on the line, is a yes: a key that is struck on the way
/// to something else is none, and neither is Ctrl-D.
pub(crate) fn confirm(question: &str) -> Result<bool, Failure> {
    let answer = menu::line(&format!("{question} [y/N]"))?;
    Ok(answer.is_some_and(|answer| ["y", "yes"].contains(&answer.to_lowercase().as_str())))
}

/// Asks for a secret twice, until both entries are the same. `name` is what it is: `Passphrase`.
pub(crate) fn twice(name: &str) -> Result<SecretText, Failure> {
    let name = sanitize::line(name);
    for _ in 0..TRIES {
        let first = Secrets::hidden(&format!("{name}: "))?;
        let second = Secrets::hidden(&format!("{name} again: "))?;
        // Both were typed by the same person a moment ago: there is no one to tell by timing.
        if first.expose() == second.expose() {
            return Ok(first);
        }
        tell("The two are not the same.");
    }
    Err(Failure::usage("the two entries were never the same"))
}

/// Refuses a new passphrase that could be guessed, where nobody can be asked whether it is meant.
pub(crate) fn bearable(passphrase: SecretText) -> Result<SecretText, Failure> {
    let strength = Strength::of(&passphrase);
    if strength.is_bearable() {
        return Ok(passphrase);
    }
    let weak = format!("the passphrase is too weak to protect a store. {}", strength.line());
    Err(Failure::new(Kind::Refused, weak).hint("several random words, or `--new-key-file FILE`"))
}

/// Asks for a new passphrase twice, and says how strong it is; a weak one must be meant.
pub(crate) fn new_passphrase(name: &str) -> Result<SecretText, Failure> {
    loop {
        let passphrase = twice(name)?;
        let strength = Strength::of(&passphrase);
        tell(&strength.line());
        if strength.is_good() || confirm("Use this weak passphrase all the same?")? {
            return Ok(passphrase);
        }
    }
}
