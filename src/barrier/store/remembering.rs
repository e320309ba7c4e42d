//! Reading again what was verified before, without touching the storage while nothing changes.

use std::sync::Arc;

use super::deferred::Deferred;
use super::handle::Store;
use super::transaction::Session;
use super::verified::Memory;
use crate::backend::{Fault, Mode};
use crate::barrier::reader::{Reader, Remembered};
use crate::error::{Error, Result};

impl Store {
    /// Remembers up to `limit` bytes of verified rows, for [`Self::read_again`].
    pub fn remember(&mut self, limit: usize) {
        self.memory = Some(Memory {
            rows: Remembered::new(limit),
            newest: None,
        });
    }

    /// As [`Self::read`], but `f` may be run again, and rows that were verified before are not read
    /// again as long as the newest root vouches for them. If nothing was committed since the last
    /// such reading, the storage is asked for its [`version`](Self::version) only, and the anchor is
    /// not compared again: nothing can have changed that it would show.
    ///
    /// Without [`Self::remember`] it is [`Self::read`].
    ///
    /// # Errors
    ///
    /// As [`Self::read`].
    pub fn read_again<T>(&mut self, f: impl Fn(&mut Reader<'_>) -> Result<T>) -> Result<T> {
        let Some(mut memory) = self.memory.take() else {
            return self.read(f);
        };
        let done = self.read_with(&mut memory, &f);
        self.memory = Some(memory);
        done
    }

    fn read_with<T>(
        &mut self,
        memory: &mut Memory,
        f: &impl Fn(&mut Reader<'_>) -> Result<T>,
    ) -> Result<T> {
        // Before the state is read: a commit in between makes the next version differ.
        let version = self.backend.version()?;
        let Memory { rows, newest } = memory;
        let known = newest.as_ref().filter(|newest| newest.0 == version);
        if let Some((_, row, root)) = known {
            self.prefetched.clear();
            let tx = Box::new(Deferred::new(&mut *self.backend, Arc::clone(row)));
            let mut reader = Reader::new(tx, &self.unlocked, root.clone());
            reader.remembered = Some(rows);
            match f(&mut reader) {
                // Another state was committed after the version was asked.
                Err(Error::Storage(Fault::Conflict)) => (),
                done => return done,
            }
        }
        *newest = None;
        let Session {
            mut reader,
            freshness,
            mark,
            root_row,
            ..
        } = self.begin(Mode::Read, None)?;
        let root = reader.root.clone();
        reader.remembered = Some(rows);
        let done = f(&mut reader);
        drop(reader);
        *newest = Some((version, Arc::new(root_row), root));
        self.settle(freshness, &mark);
        done
    }
}
