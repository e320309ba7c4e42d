//! Imports tokens of another system, which stay valid: their users keep them.

use crate::core::Core;
use crate::error::{Refusal, Result};
use crate::model::invalid::Invalid;
use crate::model::token::{Digest, Foreign};
use crate::ops::records::token::{
    DefaultLifetime, Draft, Imported, Issuer, digest_of, journal_import,
};
use crate::secret::SecretText;

/// The secret of another system's token, as far as it is known.
#[derive(Debug)]
pub enum Preset {
    /// The token itself.
    Value(SecretText),
    /// Its SHA-256. Its strength cannot be checked.
    Digest(Digest),
}

impl Preset {
    pub(super) fn digest(&self) -> Result<Digest> {
        let text = match self {
            Self::Digest(digest) => return Ok(*digest),
            Self::Value(text) => text.expose(),
        };
        if Foreign::is_own(text) {
            return Err(Refusal::OwnShape.into());
        }
        let text = text.trim_ascii();
        let foreign = match Foreign::parse(text) {
            Ok(foreign) => foreign,
            Err(_) if text.len() < 20 => return Err(Refusal::Guessable.into()),
            Err(_) => {
                let why = "it must be one line of at most 4,096 visible ASCII characters";
                return Err(Invalid::new("a token to import", why).into());
            }
        };
        if !foreign.is_strong() {
            return Err(Refusal::Guessable.into());
        }
        Ok(digest_of(&foreign))
    }
}

/// Makes a token of another system valid, by the same rules as a new one.
///
/// # Errors
///
/// The secret is easy to guess, has the shape of a token of hallpass, or was imported already; or
/// the errors of [`token::issue`](crate::ops::token::issue()).
pub fn import(core: &mut Core, draft: &Draft, preset: &Preset) -> Result<Imported> {
    let digest = preset.digest()?;
    let usual = DefaultLifetime::Allowed(core.token_lifetime);
    core.write(|w| {
        let mut rules = Issuer::new(w, usual);
        let (imported, owner) = rules.import(w, draft, digest)?;
        rules.finish(w)?;
        journal_import(w, &imported.summary, owner)?;
        Ok(imported)
    })
}
