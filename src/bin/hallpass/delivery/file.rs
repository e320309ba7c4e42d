//! `file:PATH`: a file that holds a secret and nothing else.

use std::io;

use hallpass::ops::delivery::DeferredSink;
use hallpass::secret::SecretText;
use rustix::fs::Mode;
use zeroize::Zeroizing;

use super::folder::{Former, SinkFile};
use super::terms::Terms;
use crate::failure::Failure;

/// A whole file, as a sink.
pub(super) struct WholeFile {
    place: SinkFile,
    terms: Terms,
    /// The content that was written, and the file as it was before.
    given: Option<(Zeroizing<Vec<u8>>, Option<Former>)>,
}

impl WholeFile {
    /// Opens the file and checks that it can be replaced.
    pub(super) fn open(place: SinkFile, terms: Terms) -> Result<Self, Failure> {
        place.read()?;
        Ok(Self {
            place,
            terms,
            given: None,
        })
    }
}

impl DeferredSink for WholeFile {
    fn patience(&self) -> u32 {
        self.terms.patience.seconds()
    }

    fn called(&self) -> String {
        self.terms.called.clone()
    }

    fn content(&mut self) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        let former = self.place.read().map_err(io::Error::other)?;
        Ok(former.map(|it| it.content))
    }

    fn overwrites(&self) -> bool {
        self.terms.overwrite
    }

    fn ready(&mut self) -> io::Result<()> {
        self.place.read().map(drop).map_err(io::Error::other)
    }

    fn deliver(&mut self, secret: &SecretText, held: Option<&[u8]>) -> io::Result<()> {
        let lock = self.place.lock()?;
        let former = self.place.read().map_err(io::Error::other)?;
        let line = line(secret);
        let mode = Mode::RUSR | Mode::WUSR;
        let (given, _) = self.given.insert((line, former));
        self.place.replace(given, mode, held, &lock)
    }

    fn put_back(&mut self) -> io::Result<()> {
        let Some((given, former)) = self.given.take() else {
            return Ok(());
        };
        let lock = self.place.lock()?;
        match (self.place.read().map_err(io::Error::other)?, former) {
            // Never written, or changed by somebody else since.
            (now, _) if now.as_ref().is_none_or(|it| *it.content != *given) => Ok(()),
            (_, Some(Former { content, mode })) => {
                self.place.replace(&content, mode, Some(&given), &lock)
            }
            (_, None) => self.place.remove(&given, &lock),
        }
    }
}

/// Returns the bytes that standard output would get: the secret and a newline.
pub(super) fn line(secret: &SecretText) -> Zeroizing<Vec<u8>> {
    let secret = secret.expose().as_bytes();
    let mut line = Zeroizing::new(Vec::with_capacity(secret.len() + 1));
    line.extend_from_slice(secret);
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests;
