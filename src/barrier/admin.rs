//! Operations on a store as a whole: key slots, and overriding a refused history.

use crate::backend::{Backend, Mode};
use crate::barrier::anchor::freshness::Override;
use crate::barrier::anchor::{Adoption, Notice};
use crate::barrier::log::chain::Details;
use crate::barrier::reader::Reader;
use crate::barrier::store::Store;
use crate::barrier::store_id::StoreId;
use crate::barrier::unlocking::header::{Header, heads};
use crate::barrier::unlocking::passphrase::KdfLimits;
use crate::barrier::unlocking::secret::{Unlock, unlock};
use crate::barrier::unlocking::slot::{NewSlot, Slot, SlotId, SlotSummary};
use crate::barrier::writer::Writer;
use crate::entropy::Entropy;
use crate::error::{Error, Refusal, Result, Subject};
use crate::model::audit::{Action, Actor, Object, ObjectKind};
use crate::model::time::Time;

/// A refusal that an operator overrides explicitly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acceptance {
    /// The store is older than the state this machine has seen.
    Rollback,
    /// The store has another history than this machine has seen, or is another store.
    Fork,
    /// The clock was wrong when the store last changed.
    Clock,
    /// The store was moved to another place, and is to be used again.
    Moved,
}

impl Acceptance {
    fn overrides(self) -> Override {
        match self {
            Self::Rollback => Override::Rollback,
            Self::Fork => Override::Fork,
            Self::Clock => Override::Nothing,
            Self::Moved => Override::Moved,
        }
    }

    /// Returns the word used in JSON and in the audit log.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rollback => "rollback",
            Self::Fork => "fork",
            Self::Clock => "clock",
            Self::Moved => "moved",
        }
    }
}

impl Store {
    /// Accepts a refused store once, in a transaction of its own that is recorded in the log.
    ///
    /// The accepted history gets a new incarnation, so that it can never merge with the one it
    /// diverged from. `also` runs in the same transaction and receives the epoch that was found.
    ///
    /// # Errors
    ///
    /// Those of `also`, and every refusal of [`Store::write`] except the accepted one.
    pub fn accept(
        &mut self,
        what: Acceptance,
        at: Time,
        who: &Actor,
        entropy: &mut dyn Entropy,
        mut also: impl FnMut(&mut Writer<'_>, u64) -> Result<()>,
    ) -> Result<()> {
        let seen = self.latest_epoch()?;
        let anchored = self.anchored()?;
        let mut incarnation = [0; 16];
        entropy.fill(&mut incarnation)?;
        self.set_override(what.overrides());
        let mut header = None;
        let done = self.write(at, who, entropy, |writer| {
            let found = writer.epoch().saturating_sub(1);
            let mut details = Details::from([("accepted".into(), what.word().into())]);
            match what {
                Acceptance::Clock => writer.reset_wall(),
                Acceptance::Rollback | Acceptance::Fork | Acceptance::Moved => {
                    if what == Acceptance::Moved {
                        header = Some(writer.set_moved(false)?);
                    }
                    let transition = writer.begin_history(incarnation, seen + 1, anchored.as_ref());
                    details.extend(transition.details());
                }
            }
            writer.audit(Action::StoreAccept, store_object(), details)?;
            also(writer, found)
        });
        self.set_override(Override::Nothing);
        if let (Ok(()), Some(header)) = (&done, header) {
            self.adopt_header(header);
        }
        done
    }

    /// Reads a refused store as if it had been accepted. The anchor is not updated.
    ///
    /// # Errors
    ///
    /// Those of `f`, and every refusal of [`Store::read`] except the overridden ones.
    pub fn read_refused<T>(
        &mut self,
        what: Acceptance,
        f: impl FnOnce(&mut Reader<'_>) -> Result<T>,
    ) -> Result<T> {
        self.set_override(what.overrides());
        let read = self.look(f);
        self.set_override(Override::Nothing);
        read
    }

    /// Makes a draft that was restored from a backup the newest state of the store.
    ///
    /// The draft gets a new incarnation, an epoch above every known one, and a time no earlier than
    /// any seen here or reported by `above`. `also` runs in the same transaction, and receives the
    /// facts about the new incarnation, which its audit entry has to contain.
    ///
    /// # Errors
    ///
    /// Those of `also`, and those of [`Store::write`].
    pub fn restored(
        &mut self,
        above: (u64, Time),
        at: Time,
        who: &Actor,
        entropy: &mut dyn Entropy,
        mut also: impl FnMut(&mut Writer<'_>, Details) -> Result<()>,
    ) -> Result<()> {
        let (epoch, latest) = above;
        let seen = self.latest_epoch()?.max(epoch);
        let anchored = self.anchored()?;
        // The latest time must not move back: an expiry that has passed must not become pending
        // again.
        let latest = anchored
            .as_ref()
            .map_or(latest, |mark| mark.wall.max(latest));
        let mut incarnation = [0; 16];
        entropy.fill(&mut incarnation)?;
        self.write(at, who, entropy, |writer| {
            writer.see_time(latest);
            let transition = writer.begin_history(incarnation, seen + 1, anchored.as_ref());
            also(writer, transition.details())
        })
    }

    /// Adopts a history that another machine accepted ([`AcceptedElsewhere`](crate::error::History::AcceptedElsewhere)). `apply` runs
    /// in the transaction after which this machine takes the history for its own, and makes what
    /// this machine knows to have ended end there too.
    ///
    /// # Errors
    ///
    /// Those of `apply`, and every refusal of [`Store::write`] except the one that is overcome.
    pub fn adopt(
        &mut self,
        at: Time,
        who: &Actor,
        entropy: &mut dyn Entropy,
        mut apply: impl FnMut(&mut Writer<'_>, Adoption) -> Result<()>,
    ) -> Result<()> {
        let mut adopted = None;
        self.set_override(Override::Accepted);
        let done = self.write(at, who, entropy, |writer| {
            adopted = writer.adoption;
            // Another process on this machine may have been faster.
            adopted.map_or(Ok(()), |adoption| apply(writer, adoption))
        });
        self.set_override(Override::Nothing);
        done?;
        if let Some(Adoption { found, .. }) = adopted {
            self.notices.push(Notice::Adopted(found));
        }
        Ok(())
    }

    /// Lists the key slots, without secrets.
    pub fn slots(&self) -> Vec<SlotSummary> {
        self.unlocked().summaries()
    }

    /// Adds a key slot and returns its id.
    ///
    /// # Errors
    ///
    /// [`Refusal::Limit`] if there are too many slots, [`Fault::Busy`](crate::backend::Fault::Busy) if another process changed
    /// the slots in the meantime, and those of [`Store::write`].
    pub fn add_slot(
        &mut self,
        new: &NewSlot<'_>,
        at: Time,
        who: &Actor,
        entropy: &mut dyn Entropy,
    ) -> Result<SlotId> {
        let unlocked = self.unlocked();
        let mut header = unlocked.header.clone();
        let born = (at, header.generation + 1);
        let slot = Slot::new(new, &header.store, unlocked.root_key(), born, entropy)?;
        let id = slot.id;
        header.add(slot)?;
        self.put_header(header, Action::KeyAdd, id, at, who, entropy)?;
        Ok(id)
    }

    /// Removes a key slot. To remove the one in use, `proof` must open another slot.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Refusal::LastSlot`] if no slot would remain to open the store;
    /// [`Error::WrongKey`] if `proof` does not open another slot; and those of [`Store::write`].
    pub fn remove_slot(
        &mut self,
        id: SlotId,
        proof: Option<&Unlock>,
        limits: &KdfLimits,
        at: Time,
        who: &Actor,
        entropy: &mut dyn Entropy,
    ) -> Result<()> {
        let mut header = self.unlocked().header.clone();
        if !header.slots.iter().any(|slot| slot.id == id) {
            return Err(Error::NotFound(Subject::Slot(
                data_encoding::HEXLOWER.encode(&id),
            )));
        }
        header.slots.retain(|slot| slot.id != id);
        if header.slots.is_empty() {
            return Err(Refusal::LastSlot("the last key slot cannot be removed").into());
        }
        if id == self.unlocked().slot() {
            let unproven =
                Refusal::LastSlot("this slot opened the store; open it with another one");
            let Some(proof) = proof else {
                return Err(unproven.into());
            };
            unlock(&header, proof, limits)?;
        }
        self.put_header(header, Action::KeyRemove, id, at, who, entropy)
    }

    fn put_header(
        &mut self,
        mut header: Header,
        action: Action,
        slot: SlotId,
        at: Time,
        who: &Actor,
        entropy: &mut dyn Entropy,
    ) -> Result<()> {
        header.generation += 1;
        let before = self.unlocked().header.generation;
        self.write(at, who, entropy, |writer| {
            writer.replace_header(&header, before)?;
            let id = data_encoding::HEXLOWER.encode(&slot);
            writer.audit(
                action,
                Object::new(ObjectKind::Key, id, None),
                Details::new(),
            )
        })?;
        self.adopt_header(header);
        Ok(())
    }
}

/// Reads the store id from an unauthenticated header; `None` if the header does not parse.
pub fn peek(backend: &mut dyn Backend) -> Option<StoreId> {
    let tx = backend.begin(Mode::Read).ok()?;
    let (header, _) = heads(&*tx).ok()?;
    Header::decode(&header).ok().map(|header| header.store)
}

/// The store itself, as an object in the log.
pub(in crate::barrier) fn store_object() -> Object {
    Object::new(ObjectKind::Store, String::new(), None)
}
