//! `file:PATH`: a file that holds a secret and nothing else.

use std::io;

use hallpass::ops::delivery::DeferredSink;
use hallpass::secret::SecretText;
use rustix::fs::Mode;
use zeroize::Zeroizing;

use super::folder::{Former, SinkFile};
use super::terms::Terms;
use crate::failure::Failure;

/// The file as a whole.
pub(super) struct WholeFile {
    place: SinkFile,
    terms: Terms,
    /// What was written, and what stood there.
    given: Option<(Zeroizing<Vec<u8>>, Option<Former>)>,
}

impl WholeFile {
    /// Sees what stands there.
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
    fn timeout_seconds(&self) -> u32 {
        self.terms.patience.seconds()
    }

    fn display_name(&self) -> String {
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

    fn restore(&mut self) -> io::Result<()> {
        let Some((given, former)) = self.given.take() else {
            return Ok(());
        };
        let lock = self.place.lock()?;
        match (self.place.read().map_err(io::Error::other)?, former) {
            // Not reached, or somebody else's by now.
            (now, _) if now.as_ref().is_none_or(|it| *it.content != *given) => Ok(()),
            (_, Some(Former { content, mode })) => {
                self.place.replace(&content, mode, Some(&given), &lock)
            }
            (_, None) => self.place.remove(&given, &lock),
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

#[cfg(test)]
mod tests;
