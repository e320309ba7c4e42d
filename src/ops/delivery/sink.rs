//! Where new secrets go: at once, or to whatever may be slow.

use std::io;

use zeroize::Zeroizing;

use crate::error::Error;
use crate::model::id::TokenId;
use crate::model::token::Token;
use crate::ops::records::token::Issued;
use crate::secret::SecretText;

/// A sink that takes a secret within the transaction that makes it, in three steps around the commit:
/// standard output, a descriptor.
///
/// `New` is what is delivered: a token, a generated password, the digits of a code.
pub trait ImmediateSink<New = Issued> {
    /// Waits until the sink can take the bytes, for a few seconds at most. No lock is held.
    ///
    /// # Errors
    ///
    /// It cannot, or not in time. Nothing was made.
    fn ready(&mut self) -> io::Result<()>;

    /// Polls once more, without waiting, and writes everything but the last newline.
    ///
    /// # Errors
    ///
    /// It cannot. The transaction is still open, and is rolled back.
    fn offer(&mut self, new: &New) -> io::Result<()>;

    /// Writes the last newline.
    ///
    /// # Errors
    ///
    /// It cannot. The secret is valid by now, and is revoked.
    fn finish(&mut self) -> io::Result<()>;
}

/// A sink that may be slow: a file, a program. What it is given is valid only once it has it.
pub trait DeferredSink {
    /// How long a delivery may take, in seconds.
    fn patience(&self) -> u32;

    /// What people call it: "`token.txt`".
    fn called(&self) -> String;

    /// What it holds now where the secret is to go, and nothing next to it; `None` if there is
    /// nothing, or nothing that can be read.
    ///
    /// # Errors
    ///
    /// It is there and cannot be read.
    fn content(&mut self) -> io::Result<Option<Zeroizing<Vec<u8>>>>;

    /// The token it holds now, if it can be read and holds one.
    ///
    /// # Errors
    ///
    /// As [`Self::content`].
    fn held(&mut self) -> io::Result<Option<Token>> {
        let content = self.content()?;
        let text = content
            .as_ref()
            .and_then(|it| std::str::from_utf8(unmarked(it)).ok());
        Ok(text.and_then(|text| Token::parse(text).ok()))
    }

    /// Whether the caller has said that whatever it holds may be replaced.
    fn overwrites(&self) -> bool {
        false
    }

    /// Whether it can be seen what it holds.
    fn can_be_read(&self) -> bool {
        true
    }

    /// Checks that it could take a secret. Nothing is made yet.
    ///
    /// # Errors
    ///
    /// It could not.
    fn ready(&mut self) -> io::Result<()>;

    /// Delivers a secret in the place of `held`, which is what [`Self::content`] has returned. No lock
    /// of the store is held: the sink may use the store itself.
    ///
    /// # Errors
    ///
    /// It did not take the secret, or not in time; or it holds something else than `held` by now, and
    /// that stays.
    fn deliver(&mut self, secret: &SecretText, held: Option<&[u8]>) -> io::Result<()>;

    /// Restores what it held before, after a delivery that failed, or that was completed in vain.
    ///
    /// # Errors
    ///
    /// It holds the secret still, or nothing.
    fn put_back(&mut self) -> io::Result<()>;
}

/// What a sink holds without the byte order mark that an editor may have put before it.
pub(in crate::ops) fn unmarked(content: &[u8]) -> &[u8] {
    content
        .strip_prefix("\u{feff}".as_bytes())
        .unwrap_or(content)
}

/// How a new secret is delivered.
///
/// What a caller has is an [`ImmediateSink`] or a [`DeferredSink`]; a `&mut` of the first is a
/// delivery already.
pub enum Delivery<'a, New = Issued> {
    /// In the transaction that makes it: to standard output, or a descriptor.
    Immediate(&'a mut dyn ImmediateSink<New>),
    /// Between two transactions, with no lock held: to whatever may be slow.
    Deferred(&'a mut dyn DeferredSink),
}

impl<'a, New, H: ImmediateSink<New>> From<&'a mut H> for Delivery<'a, New> {
    fn from(sink: &'a mut H) -> Self {
        Self::Immediate(sink)
    }
}

/// The error that a secret did not reach its sink; `token` is the one that was revoked, where one had
/// been committed.
pub(in crate::ops) fn undelivered(token: Option<TokenId>, source: io::Error) -> Error {
    Error::Undelivered { token, source }
}
