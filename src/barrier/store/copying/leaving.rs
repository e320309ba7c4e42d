//! Leaving the source of a finished copy behind.

use super::passes::catch_up;
use super::snapshot::Snapshot;
use super::target::Finished;
use super::terms::{Copying, Source, changed_since};
use super::writing;
use crate::backend::{Backend, Fault, Mode};
use crate::barrier::admin::store_object;
use crate::barrier::anchor::Anchor;
use crate::barrier::log::chain::Details;
use crate::barrier::store::handle::Store;
use crate::barrier::store::memory::unwritable;
use crate::barrier::store::transaction::Session;
use crate::barrier::store_id::StoreId;
use crate::barrier::unlocking::header::Header;
use crate::barrier::writer::Writer;
use crate::entropy::Entropy;
use crate::error::Result;
use crate::model::audit::Action;

impl Store {
    /// Finishes the copy while nobody else can change the source, and leaves that.
    pub(super) fn finish_and_leave(
        &mut self,
        mut target: Box<dyn Backend>,
        snapshot: Snapshot,
        copying: &Copying<'_>,
        entropy: &mut dyn Entropy,
    ) -> Result<Box<dyn Backend>> {
        let id = self.id();
        let session = self.begin(Mode::Write, Some(copying.at))?;
        let (reader, root_row) = (&session.reader, &session.root_row);
        let checked = *root_row == snapshot.root_row;
        let last = catch_up(reader, root_row, snapshot, &mut *target, entropy)?;
        let unlocked = session.reader.unlocked;
        let (uses, last) = (reader.all_last_uses()?, (&last, checked));
        writing::finish(&mut *target, unlocked, last, &uses, copying, entropy)?;
        let target = publish(target, &id, copying)?;
        let header = moved(session, copying, entropy)?;
        self.left(header);
        Ok(target)
    }

    /// Leaves the source of a copy that is finished.
    pub(super) fn leave(
        &mut self,
        target: &mut dyn Backend,
        finished: Finished,
        copying: &Copying<'_>,
        entropy: &mut dyn Entropy,
    ) -> Result<()> {
        let session = self.begin(Mode::Write, Some(copying.at))?;
        let root = &session.reader.root;
        // What is written without an entry, uses and attempts, is lost with the source.
        if (root.log_last, root.log_head) != finished.position {
            return Err(changed_since());
        }
        if root.epoch > finished.epoch {
            // Machines that have seen the source meanwhile are to follow, too.
            let unlocked = session.reader.unlocked;
            writing::begin_again(target, unlocked, root, copying, entropy)?;
        }
        let header = moved(session, copying, entropy)?;
        self.left(header);
        Ok(())
    }

    fn left(&mut self, header: Header) {
        self.committed = true;
        self.adopt_header(header);
    }
}

/// Records in the source that it was moved. The anchor does not follow: it is the copy's from now
/// on.
fn moved(session: Session<'_>, copying: &Copying<'_>, entropy: &mut dyn Entropy) -> Result<Header> {
    let mut writer = Writer::new(session.reader, entropy, copying.actor, copying.at);
    writer.advance_wall();
    let header = writer.set_moved(true)?;
    let details = Details::from([("place".into(), copying.to.to_owned())]);
    writer.audit(Action::StoreMoved, store_object(), details)?;
    writer.commit(|_| Ok(()))?;
    Ok(header)
}

/// Publishes a finished copy, if it is a draft.
pub(super) fn publish(
    target: Box<dyn Backend>,
    store: &StoreId,
    copying: &Copying<'_>,
) -> Result<Box<dyn Backend>> {
    let state = copying.state;
    let known = state
        .folder
        .as_deref()
        .filter(|_| copying.source == Source::Moved);
    if let Some(folder) = known {
        // What this machine knows of another store that was there would have the copy refused.
        let anchor = Anchor::new(folder, state.path.as_deref(), store);
        anchor.judge().map_err(Fault::from)?;
        let forgotten = anchor.forget_other();
        forgotten.map_err(|source| unwritable(&anchor, source))?;
    }
    Ok(target.publish()?)
}
