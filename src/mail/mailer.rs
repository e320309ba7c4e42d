//! The port that mail leaves through.

use crate::model::mail::{MailSettings, Message, SendError, SendFailure, Transport};

/// Is called once, right before the bytes after which the other side may take the message whether or
/// not it says so. An error keeps the message here.
pub type Commit<'a> = &'a mut dyn FnMut() -> Result<(), SendError>;

/// Something that hands messages over.
pub trait Mailer {
    /// Hands a message over by the given settings. `Ok` means that the other side has taken charge of
    /// it. One that can do so as often as it likes, with the same result, never calls `commit`.
    fn send(
        &mut self,
        by: &MailSettings,
        message: &Message,
        commit: Commit<'_>,
    ) -> Result<(), SendError>;

    /// Whether a way can be gone at all, as far as that can be told without a message: `Err` says why
    /// not.
    fn ready(&mut self, way: &Transport) -> Result<(), SendError> {
        let _ = way;
        Ok(())
    }

    /// As [`Self::send`], for an operator who tries it out: says what the other side answered, or
    /// what would help.
    fn attempt(
        &mut self,
        by: &MailSettings,
        message: &Message,
    ) -> Result<Option<String>, SendFailure> {
        self.send(by, message, &mut || Ok(()))
            .map(|()| None)
            .map_err(SendFailure::from)
    }
}
