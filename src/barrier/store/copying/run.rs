//! The steps of a copy.

use super::target::Found;
use super::terms::{Begun, Copying, Source, Step};
use super::{leaving, writing};
use crate::backend::Backend;
use crate::barrier::anchor::freshness::Override;
use crate::barrier::anchor::{Notice, State};
use crate::barrier::check::Report;
use crate::barrier::store::handle::Store;
use crate::entropy::Entropy;
use crate::error::{Error, Refusal, Result};

impl Store {
    /// Copies this store into `target`, which is empty or holds an unfinished copy of it. Where the
    /// source is [moved](Source::Moved), this machine follows the copy.
    ///
    /// A call that was interrupted is repeated as it was.
    ///
    /// # Errors
    ///
    /// [`Fault::Exists`](crate::backend::Fault::Exists) if the target is a store,
    /// [`History::Substituted`](crate::error::History::Substituted) if it is an unfinished copy of
    /// another one, [`Refusal::State`] if the source was changed after the copy was finished, and
    /// those of every read and write of both.
    pub fn copy_into(
        &mut self,
        mut target: Box<dyn Backend>,
        copying: &Copying<'_>,
        entropy: &mut dyn Entropy,
        progress: Step<'_>,
    ) -> Result<(Begun, Report)> {
        let mut claim = None;
        if copying.source == Source::Moved {
            self.ensure_movable()?;
            claim = Some(self.backend.claim()?);
        }
        let found = self.found_at(&mut *target, copying.to, copying.source)?;
        let begun = found.begun();
        let (copied, report) = match found {
            Found::Finished(finished) => {
                let report = self.check_whole(progress)?;
                self.leave(&mut *target, finished, copying, entropy)?;
                (target, report)
            }
            Found::Empty | Found::Unfinished => {
                self.copy_rows(target, &found, copying, entropy, progress)?
            }
        };
        if copying.source == Source::Moved {
            self.notices.extend(self.take_over(copied, copying.state));
        }
        drop(claim);
        Ok((begun, report))
    }

    /// Where a copy into `target` would begin. Changes nothing.
    ///
    /// # Errors
    ///
    /// As [`Self::copy_into`].
    pub fn preview_copy(
        &mut self,
        target: &mut dyn Backend,
        place: &str,
        source: Source,
    ) -> Result<Begun> {
        Ok(self.found_at(target, place, source)?.begun())
    }

    /// Refuses to begin what cannot be finished.
    fn ensure_movable(&self) -> Result<()> {
        if self.writable() {
            return Ok(());
        }
        Err(
            Refusal::State("the source cannot be written, so it cannot be left behind".into())
                .into(),
        )
    }

    fn check_whole(&mut self, progress: Step<'_>) -> Result<Report> {
        self.read(|reader| reader.check(progress))
    }

    /// Copies all rows, twice if the source changes meanwhile, and a last time while nobody else can
    /// change it.
    fn copy_rows(
        &mut self,
        mut target: Box<dyn Backend>,
        found: &Found,
        copying: &Copying<'_>,
        entropy: &mut dyn Entropy,
        progress: Step<'_>,
    ) -> Result<(Box<dyn Backend>, Report)> {
        let (first, report) = self.first_pass(&mut *target, found, entropy, progress)?;
        let snapshot = match copying.source {
            Source::Kept => first,
            Source::Moved => self.next_pass(&mut *target, first, entropy)?,
        };
        self.check_copy(&mut *target, &snapshot, progress)?;
        if copying.source == Source::Moved {
            let copied = self.finish_and_leave(target, snapshot, copying, entropy)?;
            return Ok((copied, report));
        }
        let uses = self.look(|reader| reader.all_last_uses())?;
        let checked = (&snapshot, true);
        writing::finish(
            &mut *target,
            &self.unlocked,
            checked,
            &uses,
            copying,
            entropy,
        )?;
        Ok((leaving::publish(target, &self.id(), copying)?, report))
    }

    /// Has this machine take its copy for the store from now on. If that fails, the next command on
    /// the copy does it.
    fn take_over(&self, copy: Box<dyn Backend>, state: &State) -> Option<Notice> {
        let read = || {
            let mut copy = self.open_sibling(copy, state)?;
            copy.overridden = Override::Accepted;
            copy.read(|_| Ok(()))?;
            Ok::<_, Error>(copy.take_notices())
        };
        let failed = |error: Error| Some(Notice::AnchorNotUpdated(error.to_string()));
        let is_failure = |notice: &Notice| matches!(notice, Notice::AnchorNotUpdated(_));
        read().map_or_else(failed, |notices| notices.into_iter().find(is_failure))
    }
}
