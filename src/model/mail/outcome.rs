//! What became of a mail that could not be handed over.

/// Why a message could not be handed over. The text is in plain words, without secrets and without
/// anything that drives a terminal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It may work another time: the server is down, busy or full.
    #[error("{0}")]
    Transient(String),
    /// It will not work until somebody changes something.
    #[error("{0}")]
    Permanent(String),
    /// The other side may have taken it: nobody knows.
    #[error("{0}")]
    Uncertain(String),
}

/// What would help against a [`SendError`], where that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remedy {
    /// Name the authority that vouches for the server.
    NameAuthority,
    /// Name the server as its certificate does.
    NameAsCertified,
    /// Set the right user and password.
    SignIn,
    /// Speak TLS from the first byte, or with another port.
    OtherProtection,
    /// Look at the host and the port.
    CheckServer,
}

/// A [`SendError`], and what would help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct SendFailure {
    /// Why.
    pub error: SendError,
    /// What would help.
    pub remedy: Option<Remedy>,
}

impl SendFailure {
    /// What became of the mail, without the cause.
    pub fn in_short(&self) -> &'static str {
        match self.error {
            SendError::Transient(_) | SendError::Permanent(_) => "the message was not sent",
            SendError::Uncertain(_) => "the message may or may not have been sent",
        }
    }

    /// What may work another time.
    pub(crate) fn transient(why: impl Into<String>) -> Self {
        SendError::Transient(why.into()).into()
    }

    /// What will not work until somebody changes something.
    pub(crate) fn permanent(why: impl Into<String>) -> Self {
        SendError::Permanent(why.into()).into()
    }

    #[cfg_attr(
        not(feature = "smtp"),
        expect(dead_code, reason = "only servers have remedies")
    )]
    /// The same, and what would help.
    pub(crate) fn with(self, remedy: Remedy) -> Self {
        Self {
            remedy: Some(remedy),
            ..self
        }
    }
}

impl From<SendError> for SendFailure {
    fn from(error: SendError) -> Self {
        Self {
            error,
            remedy: None,
        }
    }
}
