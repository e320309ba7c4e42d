//! Stores that are not in their place yet: new ones, copies, and what becomes the store by a restore.

use std::fs::File;

use super::handle::Store;
use super::memory::unwritable;
use super::transaction::Session;
use crate::backend::{Backend, Fault, Mode, Progress, Target};
use crate::barrier::anchor::freshness::Override;
use crate::barrier::anchor::{Notice, State};
use crate::barrier::check::Report;
use crate::barrier::reader::Reader;
use crate::barrier::rows::root::Root;
use crate::barrier::unlocking::unlocked::{Founding, Unlocked};
use crate::barrier::writer::Writer;
use crate::entropy::Entropy;
use crate::error::Result;

/// Where a draft was announced.
enum Announced {
    /// Where nothing was seen before, nothing is refused afterwards.
    Nowhere,
    /// In the anchor that was there, or in a new one.
    Within(Option<File>),
}

impl Store {
    /// Makes a store in a backend whose tables are empty. `found` runs in the first transaction.
    /// The store is a draft until [`Self::publish`].
    ///
    /// # Errors
    ///
    /// Those of `found`, and what the storage says.
    pub fn found(
        mut backend: Box<dyn Backend>,
        founding: &Founding<'_>,
        state: &State,
        entropy: &mut dyn Entropy,
        found: impl FnOnce(&mut Writer<'_>) -> Result<()>,
    ) -> Result<Self> {
        let (unlocked, header_bytes, ring_bytes) = Unlocked::found(founding, entropy)?;
        let mut incarnation = [0; 16];
        entropy.fill(&mut incarnation)?;
        let mut root = Root::new(incarnation, founding.now);
        unlocked.put_into(&mut root);
        let mut tx = backend.begin(Mode::Write)?;
        tx.hdr_put(1, &header_bytes)?;
        tx.hdr_put(2, &ring_bytes)?;
        let reader = Reader::new(tx, &unlocked, root);
        let mut writer = Writer::new(reader, entropy, founding.actor, founding.now);
        found(&mut writer)?;
        writer.commit(|_| Ok(()))?;
        Ok(Self {
            draft: true,
            ..Self::around(backend, unlocked, state)
        })
    }

    /// Puts a draft in its place and lets this machine remember it, instead of whatever it knew
    /// there.
    ///
    /// # Errors
    ///
    /// [`Fault::Exists`] or [`Fault::Busy`] if the place is taken, and
    /// [`Error::AnchorUnwritable`](crate::Error::AnchorUnwritable) if this machine cannot be told.
    pub fn publish(mut self) -> Result<Self> {
        let announced = self.announce()?;
        let backend = match self.backend.publish() {
            Ok(backend) => backend,
            Err(fault) => {
                // What was refused before anything moved must not be expected: whoever kept a copy of
                // the draft could put it there later. After any other fault it may be in its place.
                let untouched = matches!(fault, Fault::Busy | Fault::Exists(_));
                if let (true, Some(anchor), Announced::Within(file)) =
                    (untouched, &self.anchor, announced)
                {
                    let withdrawn = anchor.withdraw(file.as_ref());
                    withdrawn.map_err(|source| unwritable(anchor, source))?;
                }
                return Err(fault.into());
            }
        };
        let mut store = Self {
            backend,
            draft: false,
            seen: true,
            overridden: Override::Any,
            ..self
        };
        // It is in its place by now, and announced: that it cannot be read, or that not all of it is
        // remembered, is no reason to say it is not.
        if let Err(error) = store
            .read(|_| Ok(()))
            .and_then(|()| store.record_unrecorded())
        {
            store
                .notices
                .push(Notice::AnchorNotUpdated(error.to_string()));
        }
        store.overridden = Override::Nothing;
        Ok(store)
    }

    /// Lets this machine expect the draft, so that a kill right after it is put in its place does
    /// not leave a store that is refused.
    fn announce(&mut self) -> Result<Announced> {
        let Session { mark, .. } = self.begin(Mode::Read, None)?;
        let file = self.open_anchor(false)?;
        let Some(anchor) = self.trusted_anchor()? else {
            return Ok(Announced::Nowhere);
        };
        let key = &self.unlocked.keys.anchor;
        let told = || {
            let expected = file.is_some() || anchor.has_traces()?;
            if expected {
                anchor.announce(file.as_ref(), &mark, key)?;
            }
            anchor.forget_other()?;
            Ok(expected)
        };
        let expected = told().map_err(|source| unwritable(anchor, source))?;
        Ok(if expected {
            Announced::Within(file)
        } else {
            Announced::Nowhere
        })
    }

    /// Remembers what the draft has ended.
    fn record_unrecorded(&mut self) -> Result<()> {
        let unrecorded = std::mem::take(&mut self.unrecorded);
        let Some(anchor) = self.trusted_anchor()? else {
            return Ok(());
        };
        let key = &self.unlocked.keys.anchor;
        for (epoch, tombstones) in unrecorded {
            let recorded = anchor.record(&tombstones, epoch, key);
            recorded.map_err(|source| unwritable(anchor, source))?;
        }
        Ok(())
    }

    /// Makes a draft of this store's present content, to be changed and published at `target`.
    ///
    /// # Errors
    ///
    /// What the storage says of the copy.
    pub fn draft_at(
        mut self,
        target: &Target<'_>,
        state: &State,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self> {
        let copy = self.copy_to(target, progress)?;
        Ok(Self {
            draft: true,
            ..Self::around(copy, self.unlocked, state)
        })
    }

    /// Writes a copy to `target`, every row of which was checked before it appears there.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`](crate::Error::Integrity) if the copy is damaged, as the store is then,
    /// and what the storage says.
    pub fn back_up(
        &mut self,
        target: &Target<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Report> {
        self.read(|_| Ok(()))?;
        let copy = self.copy_to(target, progress)?;
        // The copy takes the store's place for the check: it has the same keys. As a draft, so that the
        // anchor is neither compared with it nor moved.
        let backend = std::mem::replace(&mut self.backend, copy);
        let draft = std::mem::replace(&mut self.draft, true);
        let checked = self.read(|reader| reader.check(&mut |_, _| ()));
        let copy = std::mem::replace(&mut self.backend, backend);
        self.draft = draft;
        let report = checked?;
        copy.publish()?;
        Ok(report)
    }
}
