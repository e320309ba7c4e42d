//! A new secret: typed twice, and a passphrase not too weak.

use hallpass::Kind;
use hallpass::secret::SecretText;

use super::line::confirm;
use super::strength::Strength;
use crate::failure::Failure;
use crate::output::sanitize;
use crate::report::write_line;
use crate::secrets::Secrets;

/// How many attempts are made to type the same secret twice.
const ATTEMPTS: usize = 3;

/// Asks for a secret twice, until both entries match. `name` is what it is: `Passphrase`.
pub(crate) fn twice(name: &str) -> Result<SecretText, Failure> {
    let name = sanitize::line(name);
    for _ in 0..ATTEMPTS {
        let first = Secrets::hidden(&format!("{name}: "))?;
        let second = Secrets::hidden(&format!("{name} again: "))?;
        // Not in constant time: the same person typed both a moment ago, so timing reveals nothing.
        if first.expose() == second.expose() {
            return Ok(first);
        }
        write_line("The two entries do not match.");
    }
    Err(Failure::usage("the two entries did not match"))
}

/// Refuses a new passphrase that could be guessed, where nobody can be asked to confirm it.
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

/// Asks for a new passphrase twice, and reports its strength; a weak one must be confirmed.
pub(crate) fn new_passphrase(name: &str) -> Result<SecretText, Failure> {
    loop {
        let passphrase = twice(name)?;
        let strength = Strength::of(&passphrase);
        write_line(&strength.line());
        if strength.is_strong() || confirm("Use this weak passphrase anyway?")? {
            return Ok(passphrase);
        }
    }
}
