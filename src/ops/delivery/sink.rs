//! Where new secrets go: at once, or to whatever may be slow.

use std::io;

use zeroize::Zeroizing;

use crate::error::Error;
use crate::model::id::TokenId;
use crate::model::token::Token;
use crate::ops::records::token::Issued;
use crate::secret::SecretText;

/// Where a new secret is handed to, in three steps around the commit.
pub trait ImmediateSink<New = Issued> {
    /// Waits until the sink can take the bytes, for a few seconds at most. No lock is held.
    fn ready(&mut self) -> io::Result<()>;

    /// Polls once more, without waiting, and writes everything but the last newline. The
    /// transaction is open: an error here undoes it.
    fn offer(&mut self, new: &New) -> io::Result<()>;

    /// Writes the last newline. The secret is valid by now: an error here ends that.
    fn finish(&mut self) -> io::Result<()>;
}

/// A place that takes its time: a file, a program. What it is given is good only once it has it.
pub trait DeferredSink {
    /// How long a delivery may take, in seconds.
    fn patience(&self) -> u32;

    /// What people call it: "`token.txt`".
    fn called(&self) -> String;

    /// What it holds now where the secret is to go, and nothing beside it; `None` if there is
    /// nothing, or nothing that can be read.
    fn content(&mut self) -> io::Result<Option<Zeroizing<Vec<u8>>>>;

    /// The token it holds now, if it can be read and holds one.
    fn held(&mut self) -> io::Result<Option<Token>> {
        let content = self.content()?;
        let text = content.as_ref().and_then(|it| std::str::from_utf8(unmarked(it)).ok());
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

    /// Sees whether it could take a secret. Nothing is made yet.
    fn ready(&mut self) -> io::Result<()>;

    /// Delivers a secret in the place of `held`, which is what [`Self::content`] has returned; if it
    /// holds something else by now, that stays, and is an error. No lock of the store is held: it may
    /// use the store itself.
    fn deliver(&mut self, secret: &SecretText, held: Option<&[u8]>) -> io::Result<()>;

    /// Gives it back what it held before, after a delivery that came to nothing, or to half.
    fn put_back(&mut self) -> io::Result<()>;
}

/// What a sink holds without the byte order mark that an editor may have put before it.
pub(in crate::ops) fn unmarked(content: &[u8]) -> &[u8] {
    content.strip_prefix("\u{feff}".as_bytes()).unwrap_or(content)
}

/// How a new secret is delivered.
pub enum Delivery<'a, New = Issued> {
    /// In the transaction that makes it: to standard output, or a descriptor.
    Immediate(&'a mut dyn ImmediateSink<New>),
    /// In between two: to whatever may be slow.
    Deferred(&'a mut dyn DeferredSink),
}

impl<'a, New, H: ImmediateSink<New>> From<&'a mut H> for Delivery<'a, New> {
    fn from(sink: &'a mut H) -> Self {
        Self::Immediate(sink)
    }
}

pub(in crate::ops) fn undelivered(token: Option<TokenId>, source: io::Error) -> Error {
    Error::Undelivered { token, source }
}
