//! Sinks: where new secrets are delivered, immediately or deferred.

use std::io;

use zeroize::Zeroizing;

use crate::backend::Fault;
use crate::error::Error;
use crate::model::id::TokenId;
use crate::model::token::Token;
use crate::ops::records::token::Issued;
use crate::secret::SecretText;

/// A sink that takes a secret within the transaction that creates it, in three steps around the
/// commit: standard output, a descriptor.
///
/// `New` is what is delivered: a token, a generated password, the digits of a code.
pub trait ImmediateSink<New = Issued> {
    /// Waits until the sink can take the bytes, for a few seconds at most. No lock is held.
    ///
    /// # Errors
    ///
    /// The sink cannot take them, or not in time. Nothing was created.
    fn ready(&mut self) -> io::Result<()>;

    /// Polls once more, without waiting, and writes everything but the last newline.
    ///
    /// # Errors
    ///
    /// The write failed. The transaction is still open, and is rolled back.
    fn offer(&mut self, new: &New) -> io::Result<()>;

    /// Writes the last newline.
    ///
    /// # Errors
    ///
    /// The write failed. The secret is already valid, and is revoked.
    fn finish(&mut self) -> io::Result<()>;
}

/// A sink that may be slow: a file, a program. A secret becomes valid only after the sink has it.
pub trait DeferredSink {
    /// The time limit of a delivery, in seconds.
    fn timeout_seconds(&self) -> u32;

    /// The display name of the sink: "`token.txt`".
    fn display_name(&self) -> String;

    /// The current content at the position of the secret; `None` if there is none or it is not
    /// readable.
    ///
    /// # Errors
    ///
    /// The content exists and cannot be read.
    fn content(&mut self) -> io::Result<Option<Zeroizing<Vec<u8>>>>;

    /// The token that the sink currently holds, if its content is readable and is a token.
    ///
    /// # Errors
    ///
    /// As [`Self::content`].
    fn held_token(&mut self) -> io::Result<Option<Token>> {
        let content = self.content()?;
        let text = content
            .as_ref()
            .and_then(|content| std::str::from_utf8(unmarked(content)).ok());
        Ok(text.and_then(|text| Token::parse(text).ok()))
    }

    /// Whether the caller allows any content to be replaced.
    fn overwrites(&self) -> bool {
        false
    }

    /// Whether its content can be read.
    fn is_readable(&self) -> bool {
        true
    }

    /// Checks that the sink can take a secret. Changes nothing.
    ///
    /// # Errors
    ///
    /// It cannot.
    fn ready(&mut self) -> io::Result<()>;

    /// Delivers a secret, replacing `held`, which [`Self::content`] returned. No lock of the store
    /// is held: the sink may use the store itself.
    ///
    /// # Errors
    ///
    /// The sink did not take the secret, or not in time; or its content is no longer `held`, and
    /// stays.
    fn deliver(&mut self, secret: &SecretText, held: Option<&[u8]>) -> io::Result<()>;

    /// Restores the previous content, after a delivery that failed or turned out to be useless.
    ///
    /// # Errors
    ///
    /// The sink still holds the secret, or nothing.
    fn restore(&mut self) -> io::Result<()>;
}

/// The content of a sink without the byte order mark that an editor may have added.
pub(in crate::ops) fn unmarked(content: &[u8]) -> &[u8] {
    content
        .strip_prefix("\u{feff}".as_bytes())
        .unwrap_or(content)
}

/// How a new secret is delivered.
///
/// A caller has an [`ImmediateSink`] or a [`DeferredSink`]; a `&mut` of either converts into this.
pub enum Delivery<'a, New = Issued> {
    /// In the transaction that creates it: to standard output, or a descriptor.
    Immediate(&'a mut dyn ImmediateSink<New>),
    /// Between two transactions, with no lock held: to a sink that may be slow.
    Deferred(&'a mut dyn DeferredSink),
}

impl<'a, New, H: ImmediateSink<New>> From<&'a mut H> for Delivery<'a, New> {
    fn from(sink: &'a mut H) -> Self {
        Self::Immediate(sink)
    }
}

/// The error for a secret that did not reach its sink; `token` is the revoked token, if one had
/// been committed.
pub(in crate::ops) fn undelivered(token: Option<TokenId>, source: io::Error) -> Error {
    Error::Undelivered { token, source }
}

/// What it means to a secret that was shown, all but its end, that the commit failed and did not take
/// effect. Another writer that got there first is no reason to try again: the secret is out.
pub(in crate::ops) fn not_committed(failure: Error) -> Error {
    match failure {
        conflict @ Error::Storage(Fault::Conflict) => undelivered(None, io::Error::other(conflict)),
        other => other,
    }
}
