//! Errors of handing a message over to a mail transport.

/// Why a message was not handed over. The text is plain, without secrets and without terminal
/// control characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// A retry may succeed: the server is down, busy or full.
    #[error("{0}")]
    Transient(String),
    /// Retries fail until somebody changes something.
    #[error("{0}")]
    Permanent(String),
    /// The other side may have accepted the message; the outcome is unknown.
    #[error("{0}")]
    Uncertain(String),
}

/// What would fix a [`SendError`], where that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remedy {
    /// Name the authority that signed the server's certificate.
    NameAuthority,
    /// Use the server's name from its certificate.
    NameAsCertified,
    /// Set the correct user and password.
    SignIn,
    /// Use implicit TLS, or another port.
    OtherProtection,
    /// Check the host and the port.
    CheckServer,
}

/// A [`SendError`] and its likely fix.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct SendFailure {
    /// Why.
    pub error: SendError,
    /// The likely fix.
    pub remedy: Option<Remedy>,
}

impl SendFailure {
    /// The outcome in a few words, without the cause.
    pub fn brief(&self) -> &'static str {
        match self.error {
            SendError::Transient(_) | SendError::Permanent(_) => "the message was not sent",
            SendError::Uncertain(_) => "the message may or may not have been sent",
        }
    }

    /// An error after which a retry may succeed.
    pub(crate) fn transient(why: impl Into<String>) -> Self {
        SendError::Transient(why.into()).into()
    }

    /// An error that persists until somebody changes something.
    pub(crate) fn permanent(why: impl Into<String>) -> Self {
        SendError::Permanent(why.into()).into()
    }

    #[cfg_attr(
        not(feature = "smtp"),
        expect(dead_code, reason = "only servers have remedies")
    )]
    /// Adds the likely fix.
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
