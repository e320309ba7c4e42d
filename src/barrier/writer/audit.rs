//! Audit entries of a transaction.

use super::change::Writer;
use crate::barrier::log::chain::{self, Details};
use crate::crypto::seal::tag_of;
use crate::error::Result;
use crate::model::audit::{Action, Entry, Object, Outcome};

impl Writer<'_> {
    /// Adds an entry to the audit log.
    ///
    /// # Errors
    ///
    /// [`Refusal::Limit`](crate::error::Refusal::Limit) if the entry is larger than 1 MiB.
    pub fn audit(&mut self, action: Action, object: Object, details: Details) -> Result<()> {
        self.audit_outcome(action, Outcome::Done, object, details)
    }

    /// As [`Self::audit`], for an attempt that failed.
    ///
    /// # Errors
    ///
    /// Those of [`Self::audit`].
    pub fn audit_outcome(
        &mut self,
        action: Action,
        outcome: Outcome,
        object: Object,
        details: Details,
    ) -> Result<()> {
        let entry = Entry {
            at: self.now,
            epoch: self.root.epoch,
            actor: self.actor.clone(),
            action: action.word().to_owned(),
            object,
            outcome,
            details,
        };
        let seq = self.root.log_last + 1;
        let unlocked = self.reader.unlocked;
        let before = self.root.log_head;
        let (row, head) = chain::seal(
            &unlocked.keys,
            &unlocked.header.store,
            seq,
            &before,
            &entry,
            self.entropy,
        )?;
        self.reader.tx.log_put(&row)?;
        self.logged.extend(tag_of(&row.row.sealed));
        if let Some(trail) = &mut self.trail {
            trail.push(entry);
        }
        (self.reader.root.log_last, self.reader.root.log_head) = (seq, head);
        self.changed = true;
        Ok(())
    }

    /// Starts keeping the audit entries of this transaction for [`Self::trail`].
    pub fn keep_trail(&mut self) {
        self.trail = Some(Vec::new());
    }

    /// Takes the audit entries of this transaction since [`Self::keep_trail`].
    pub fn trail(&mut self) -> Vec<Entry> {
        self.trail.take().unwrap_or_default()
    }
}
