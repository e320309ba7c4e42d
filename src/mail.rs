//! The port that mail leaves through, and behind it the ways it goes.

use crate::model::mail::{Letter, MailSettings, Transport};

pub mod code;
mod html;
mod message;
mod outbox;
mod post;
mod sendmail;
#[cfg(feature = "smtp")]
mod smtp;
pub mod trial;
mod words;

pub use message::message;
pub use post::Post;

/// Whether this program can speak with mail servers (feature `smtp`).
pub const SPEAKS_SMTP: bool = cfg!(feature = "smtp");

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

    fn later(why: impl Into<String>) -> Self {
        Bounce::Later(why.into()).into()
    }

    fn never(why: impl Into<String>) -> Self {
        Bounce::Never(why.into()).into()
    }

    #[cfg_attr(not(feature = "smtp"), expect(dead_code, reason = "only servers have remedies"))]
    fn with(self, remedy: Remedy) -> Self {
        Self { remedy: Some(remedy), ..self }
    }
}

impl From<Bounce> for Setback {
    fn from(bounce: Bounce) -> Self {
        Self { bounce, remedy: None }
    }
}

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
        self.carry(by, letter, &mut || Ok(())).map(|()| None).map_err(Setback::from)
    }
}
