//! The port that mail leaves through. What stands behind it is the adapters' business.

use crate::model::mail::{Letter, MailSettings};

/// Why a letter could not be handed over. The text is in plain words, without secrets and without
/// anything that drives a terminal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Bounce {
    /// It may work another time: the server is down, busy or full.
    #[error("{0}")]
    Later(String),
    /// It will not work until somebody changes something.
    #[error("{0}")]
    Never(String),
}

/// Something that hands letters over.
pub trait Carrier {
    /// Hands a letter over by the given settings. `Ok` means that the other side has taken charge of
    /// it.
    fn carry(&mut self, by: &MailSettings, letter: &Letter) -> Result<(), Bounce>;

    /// As [`Self::carry`], and says what the other side answered, where it said something.
    fn carry_for_answer(
        &mut self,
        by: &MailSettings,
        letter: &Letter,
    ) -> Result<Option<String>, Bounce> {
        self.carry(by, letter).map(|()| None)
    }
}
