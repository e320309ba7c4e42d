//! What became of a mail that could not be handed over.

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
    /// The other side may have taken it: nobody knows.
    #[error("{0}")]
    Uncertain(String),
}

/// What would help against a [`Bounce`], where that is known.
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

/// A [`Bounce`], and what would help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{bounce}")]
pub struct Setback {
    /// Why.
    pub bounce: Bounce,
    /// What would help.
    pub remedy: Option<Remedy>,
}

impl Setback {
    /// What became of the mail, without the cause.
    pub fn in_short(&self) -> &'static str {
        match self.bounce {
            Bounce::Later(_) | Bounce::Never(_) => "the mail was not sent",
            Bounce::Uncertain(_) => "the mail may have been sent or not",
        }
    }

    /// What may work another time.
    pub(crate) fn later(why: impl Into<String>) -> Self {
        Bounce::Later(why.into()).into()
    }

    /// What will not work until somebody changes something.
    pub(crate) fn never(why: impl Into<String>) -> Self {
        Bounce::Never(why.into()).into()
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

impl From<Bounce> for Setback {
    fn from(bounce: Bounce) -> Self {
        Self {
            bounce,
            remedy: None,
        }
    }
}
