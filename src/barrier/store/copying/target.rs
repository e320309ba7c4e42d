//! What is at the target of a copy.

use super::terms::{Begun, Source};
use crate::backend::{Backend, Fault, LogRow, Mode, ObjId, Row, Transaction};
use crate::barrier::log::chain::{self, Head};
use crate::barrier::log::transition::Transition;
use crate::barrier::rows::aad::aad;
use crate::barrier::store::handle::Store;
use crate::barrier::unlocking::header::{Header, heads};
use crate::barrier::unlocking::unlocked::{Unlocked, root_row};
use crate::crypto::Label;
use crate::error::{Error, History, Result};
use crate::model::audit::Action;

/// What is at a target.
pub(super) enum Found {
    Empty,
    Unfinished,
    /// A finished copy. Whether it is of this very state is compared when the source is left.
    Finished(Finished),
}

/// Where the source was when its copy was finished.
#[derive(Debug, Clone, Copy)]
pub(super) struct Finished {
    /// The end of its log.
    pub(super) position: (u64, Head),
    /// Its epoch.
    pub(super) epoch: u64,
}

impl Found {
    pub(super) fn begun(&self) -> Begun {
        match self {
            Self::Empty => Begun::Anew,
            Self::Unfinished => Begun::Unfinished,
            Self::Finished(_) => Begun::Finished,
        }
    }
}

impl Store {
    /// What is at `target`. A store that is no copy of this one is an error.
    pub(super) fn found_at(
        &self,
        target: &mut dyn Backend,
        place: &str,
        source: Source,
    ) -> Result<Found> {
        let tx = target.begin(Mode::Read)?;
        let counts = tx.counts(1)?;
        if counts.hdr > 0 || counts.man > 0 {
            return self.finished(&*tx, place, source);
        }
        if counts.obj + counts.idx + counts.log == 0 {
            return Ok(Found::Empty);
        }
        if is_ours(&*tx, &self.unlocked)? {
            return Ok(Found::Unfinished);
        }
        Err(Error::History(History::Substituted(
            "the target holds an unfinished copy of a different store".into(),
        )))
    }

    /// A store at the target is a copy that only waits for its source to be left, or no target.
    fn finished(&self, tx: &dyn Transaction, place: &str, source: Source) -> Result<Found> {
        let exists = || Error::from(Fault::Exists(place.to_owned()));
        let (header, ring) = heads(tx)?;
        if source == Source::Kept || Header::decode(&header)?.store != self.id() {
            return Err(exists());
        }
        // With another root key it is another store, whatever its id.
        let unlocked = self
            .unlocked
            .sibling((header, ring))
            .map_err(|_| exists())?;
        let root = unlocked.open_root(&root_row(tx)?)?;
        let mut before = (root.log_first.saturating_sub(1), root.log_first_head);
        let mut copied = None;
        let end = chain::follow(
            tx,
            &unlocked.keys,
            &unlocked.header.store,
            (root.log_first, root.log_last),
            root.log_first_head,
            &mut |at, entry| {
                let is_copy = entry.known_action() == Some(Action::StoreCopy);
                if let Some(transition) = Transition::of(&entry).filter(|_| is_copy) {
                    let (position, epoch) = (before, transition.anchored);
                    copied = Some(Finished { position, epoch });
                }
                before = (at.seq, at.head);
                Ok(())
            },
        )?;
        if end != root.log_head {
            return Err(Error::Integrity("the log of the copy was changed".into()));
        }
        copied.map(Found::Finished).ok_or_else(exists)
    }
}

/// Whether rows without a header are those of this store: its keys open the first of them.
fn is_ours(tx: &dyn Transaction, unlocked: &Unlocked) -> Result<bool> {
    if let Some(row) = first_log_row(tx)? {
        return Ok(chain::unseal(&unlocked.keys, &unlocked.header.store, &row).is_ok());
    }
    let Some((id, row)) = first_object(tx)? else {
        return Ok(false);
    };
    let bound = aad(Label::Obj, &unlocked.header.store, row.kid, id);
    Ok(unlocked
        .keys
        .object(Some(row.kid))
        .is_ok_and(|sealer| sealer.key.open(&bound, &row.sealed).is_some()))
}

fn first_log_row(tx: &dyn Transaction) -> Result<Option<LogRow>> {
    let Some((first, _)) = tx.log_bounds()? else {
        return Ok(None);
    };
    let mut found = None;
    tx.log_range(first, first, &mut |row| {
        found = Some(row);
        Ok(())
    })?;
    Ok(found)
}

fn first_object(tx: &dyn Transaction) -> Result<Option<(ObjId, Row)>> {
    let mut found = None;
    let read = tx.obj_range(&[0; 16], &[255; 16], &mut |id, row| {
        found = Some((id, row));
        // One is enough.
        Err(Fault::Conflict)
    });
    match (read, &found) {
        (Err(fault), None) => Err(fault.into()),
        _ => Ok(found),
    }
}
