//! The port that mail leaves through.

use crate::model::mail::{Bounce, Letter, MailSettings, Setback, Transport};

/// Is called once, right before the bytes after which the other side may take the letter whether or
/// not it says so. An error keeps the letter here.
pub type Commit<'a> = &'a mut dyn FnMut() -> Result<(), Bounce>;

/// Something that hands letters over.
pub trait Carrier {
    /// Hands a letter over by the given settings. `Ok` means that the other side has taken charge of
    /// it. One that can do so as often as it likes, with the same result, never calls `commit`.
    fn carry(
        &mut self,
        by: &MailSettings,
        letter: &Letter,
        commit: Commit<'_>,
    ) -> Result<(), Bounce>;

    /// Whether a way can be gone at all, as far as that can be told without a letter: `Err` says why
    /// not.
    fn ready(&mut self, way: &Transport) -> Result<(), Bounce> {
        let _ = way;
        Ok(())
    }

    /// As [`Self::carry`], for an operator who tries it out: says what the other side answered, or
    /// what would help.
    fn try_out(&mut self, by: &MailSettings, letter: &Letter) -> Result<Option<String>, Setback> {
        self.carry(by, letter, &mut || Ok(()))
            .map(|()| None)
            .map_err(Setback::from)
    }
}
