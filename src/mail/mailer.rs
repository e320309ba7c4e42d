//! The interface of a mailer.

use crate::model::mail::{MailSettings, Message, SendError, SendFailure, Transport};

/// A callback that a mailer calls once, right before the bytes after which the other side may
/// accept the message whether or not it confirms that. On an error the mailer does not send them.
pub type Commit<'a> = &'a mut dyn FnMut() -> Result<(), SendError>;

/// Sends messages.
pub trait Mailer {
    /// Sends a message with the given settings. `Ok` means that the other side has accepted it. A
    /// mailer that can repeat this with the same result never calls `commit`.
    ///
    /// # Errors
    ///
    /// The message was not accepted, or nobody knows whether it was: [`SendError::Uncertain`]. An
    /// error of `commit` is returned as it is.
    fn send(
        &mut self,
        by: &MailSettings,
        message: &Message,
        commit: Commit<'_>,
    ) -> Result<(), SendError>;

    /// Checks that a transport can be used, as far as that is possible without a message.
    ///
    /// # Errors
    ///
    /// It cannot, and why not.
    fn ready(&mut self, transport: &Transport) -> Result<(), SendError> {
        let _ = transport;
        Ok(())
    }

    /// Sends like [`Self::send`], for an operator's test: returns the answer of the other side, or
    /// a failure with a hint.
    ///
    /// # Errors
    ///
    /// As [`Self::send`], with what would help, where that is known.
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
