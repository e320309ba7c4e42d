//! A secret that is new: typed twice, and a passphrase not too weak.

use hallpass::Kind;
use hallpass::secret::SecretText;

use super::line::confirm;
use super::strength::Strength;
use crate::failure::Failure;
use crate::output::sanitize;
use crate::report::tell;
use crate::secrets::Secrets;

/// How often two entries may differ before it is given up.
const TRIES: usize = 3;

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
        tell("The two entries do not match.");
    }
    Err(Failure::usage("the two entries did not match"))
}

/// Refuses a new passphrase that could be guessed, where nobody can be asked whether it is meant.
pub(crate) fn tolerable(passphrase: SecretText) -> Result<SecretText, Failure> {
    let strength = Strength::of(&passphrase);
    if strength.is_tolerable() {
        return Ok(passphrase);
    }
    let weak = format!(
        "the passphrase is too weak to protect a store. {}",
        strength.line()
    );
    Err(Failure::new(Kind::Refused, weak).advice("several random words, or `--new-key-file FILE`"))
}

/// Asks for a new passphrase twice, and says how strong it is; a weak one must be meant.
pub(crate) fn new_passphrase(name: &str) -> Result<SecretText, Failure> {
    loop {
        let passphrase = twice(name)?;
        let strength = Strength::of(&passphrase);
        tell(&strength.line());
        if strength.is_good() || confirm("Use this weak passphrase anyway?")? {
            return Ok(passphrase);
        }
    }
}
