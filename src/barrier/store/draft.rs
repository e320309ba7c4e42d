//! Drafts: new stores, copies, and restored stores, before they are published at their path.

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
use crate::barrier::unlocking::unlocked::{NewStore, Unlocked};
use crate::barrier::writer::Writer;
use crate::entropy::Entropy;
use crate::error::Result;

/// Whether, and where, a draft was announced to the anchor.
enum Announced {
    /// Not announced: this machine has seen no store there, so nothing can be refused later.
    Nowhere,
    /// In the existing anchor (its open file), or in a new one (`None`).
    Within(Option<File>),
}

impl Store {
    /// Creates a store in a backend with empty tables, as a draft until [`Self::publish`]. `found`
    /// runs in the first transaction.
    ///
    /// # Errors
    ///
    /// Those of `found`, and those of the storage.
    pub fn create(
        mut backend: Box<dyn Backend>,
        founding: &NewStore<'_>,
        state: &State,
        entropy: &mut dyn Entropy,
        found: impl FnOnce(&mut Writer<'_>) -> Result<()>,
    ) -> Result<Self> {
        let (unlocked, header_bytes, ring_bytes) = Unlocked::create(founding, entropy)?;
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

    /// Publishes a draft at its path and records it in the anchor, replacing any record of another
    /// store at that path.
    ///
    /// # Errors
    ///
    /// [`Fault::Exists`] or [`Fault::Busy`] if the path is taken, and
    /// [`Error::AnchorUnwritable`](crate::Error::AnchorUnwritable) if the anchor cannot be written.
    pub fn publish(mut self) -> Result<Self> {
        let announced = self.announce()?;
        let backend = match self.backend.publish() {
            Ok(backend) => backend,
            Err(fault) => {
                // A refusal before the rename must withdraw the announcement: anyone who kept a
                // copy of the draft could place it there later. After any other fault the rename
                // may have happened.
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
        // The store is published and announced by now. Failing to read it back, or to record all of
        // it, must not be reported as a failure to publish.
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

    /// Announces the draft to the anchor, so that a kill right after the rename does not leave a
    /// store that is refused.
    fn announce(&mut self) -> Result<Announced> {
        let Session { mark, .. } = self.begin(Mode::Read, None)?;
        let file = self.open_anchor(false)?;
        let Some(anchor) = self.trusted_anchor()? else {
            return Ok(Announced::Nowhere);
        };
        let key = &self.unlocked.keys.anchor;
        let announce = || {
            let expected = file.is_some() || anchor.has_traces()?;
            if expected {
                anchor.announce(file.as_ref(), &mark, key)?;
            }
            anchor.forget_other()?;
            Ok(expected)
        };
        let expected = announce().map_err(|source| unwritable(anchor, source))?;
        Ok(if expected {
            Announced::Within(file)
        } else {
            Announced::Nowhere
        })
    }

    /// Records the tombstones of the draft's transactions.
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

    /// Copies this store into a draft that can be changed and then published at `target`.
    ///
    /// # Errors
    ///
    /// Those of the storage.
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

    /// Writes a backup to `target`. Every row of the copy is verified before it appears there.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`](crate::Error::Integrity) if the copy, and therefore the store, is
    /// damaged; and those of the storage.
    pub fn back_up(
        &mut self,
        target: &Target<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Report> {
        self.read(|_| Ok(()))?;
        let copy = self.copy_to(target, progress)?;
        // The copy has the same keys, so it is checked in place of the store: as a draft, so that
        // the anchor is neither compared with it nor advanced.
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
