//! `file:PATH`: a file that holds a secret and nothing else.

use std::io;
use std::path::Path;

use hallpass::model::token::Token;
use hallpass::ops::token::Sink;
use hallpass::secret::SecretText;
use rustix::fs::Mode;
use zeroize::Zeroizing;

use super::folder::{Former, Place};
use crate::cli::sink::Patience;
use crate::decoding;
use crate::failure::Failure;

/// The file as a whole.
pub(super) struct Whole {
    place: Place,
    patience: Patience,
    /// What was written, and what stood there.
    given: Option<(Zeroizing<Vec<u8>>, Option<Former>)>,
}

impl Whole {
    /// Opens its folder and sees what stands there.
    pub(super) fn open(path: &Path, patience: Patience) -> Result<Self, Failure> {
        let place = Place::open(path, patience)?;
        place.read()?;
        Ok(Self { place, patience, given: None })
    }
}

impl Sink for Whole {
    fn patience(&self) -> u32 {
        self.patience.seconds()
    }

    fn held(&mut self) -> io::Result<Option<Token>> {
        let former = self.place.read().map_err(io::Error::other)?;
        Ok(former.and_then(|it| spelled(&it.content)))
    }

    fn ready(&mut self) -> io::Result<()> {
        self.place.read().map(drop).map_err(io::Error::other)
    }

    fn deliver(&mut self, secret: &SecretText) -> io::Result<()> {
        let lock = self.place.lock()?;
        let former = self.place.read().map_err(io::Error::other)?;
        let line = line(secret);
        let mode = Mode::RUSR | Mode::WUSR;
        let (given, _) = self.given.insert((line, former));
        self.place.replace(given, mode, &lock)
    }

    fn put_back(&mut self) -> io::Result<()> {
        let Some((given, former)) = self.given.take() else { return Ok(()) };
        let lock = self.place.lock()?;
        match (self.place.read().map_err(io::Error::other)?, former) {
            // Not reached, or somebody else's by now.
            (now, _) if now.as_ref().is_none_or(|it| *it.content != *given) => Ok(()),
            (_, Some(Former { content, mode })) => self.place.replace(&content, mode, &lock),
            (_, None) => self.place.remove(&lock),
        }
    }
}

/// What standard output would carry: the secret and a newline.
pub(super) fn line(secret: &SecretText) -> Zeroizing<Vec<u8>> {
    let secret = secret.expose().as_bytes();
    let mut line = Zeroizing::new(Vec::with_capacity(secret.len() + 1));
    line.extend_from_slice(secret);
    line.push(b'\n');
    line
}

/// The token that these bytes spell, if they do.
pub(super) fn spelled(bytes: &[u8]) -> Option<Token> {
    let text = decoding::text(Zeroizing::new(bytes.to_vec())).ok()?;
    Token::parse(text.expose()).ok()
}
