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
    file: SinkFile,
    terms: Terms,
    /// The content that was written, and the file as it was before.
    written: Option<(Zeroizing<Vec<u8>>, Option<Former>)>,
}

impl WholeFile {
    /// Opens the file and checks that it can be replaced.
    pub(super) fn open(file: SinkFile, terms: Terms) -> Result<Self, Failure> {
        file.read()?;
        Ok(Self {
            file,
            terms,
            written: None,
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
        let former = self.file.read().map_err(io::Error::other)?;
        Ok(former.map(|it| it.content))
    }

    fn overwrites(&self) -> bool {
        self.terms.overwrite
    }

    fn ready(&mut self) -> io::Result<()> {
        self.file.read().map(drop).map_err(io::Error::other)
    }

    fn deliver(&mut self, secret: &SecretText, held: Option<&[u8]>) -> io::Result<()> {
        let lock = self.file.lock()?;
        let former = self.file.read().map_err(io::Error::other)?;
        let line = line(secret);
        let mode = Mode::RUSR | Mode::WUSR;
        let (written, _) = self.written.insert((line, former));
        self.file.replace(written, mode, held, &lock)
    }

    fn restore(&mut self) -> io::Result<()> {
        let Some((written, former)) = self.written.take() else {
            return Ok(());
        };
        let lock = self.file.lock()?;
        match (self.file.read().map_err(io::Error::other)?, former) {
            // Never written, or changed by somebody else since.
            (now, _) if now.as_ref().is_none_or(|it| *it.content != *written) => Ok(()),
            (_, Some(Former { content, mode })) => {
                self.file.replace(&content, mode, Some(&written), &lock)
            }
            (_, None) => self.file.remove(&written, &lock),
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
