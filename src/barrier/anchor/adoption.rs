//! Following a history that another machine accepted, copied or restored.
//!
//! Only a holder of the keys writes an entry that begins an incarnation, and the log's chain binds
//! it to its place. So a machine that meets another incarnation can see who decided that, and how
//! much was known to them.

use super::Mark;
use crate::backend::Transaction;
use crate::barrier::log::chain::{self, Head};
use crate::barrier::log::transition::{Incarnation, Transition};
use crate::barrier::rows::root::Root;
use crate::barrier::unlocking::unlocked::Unlocked;
use crate::error::{Error, History, Result};
use crate::model::audit::{Action, Entry, LogHead};

/// What a machine has to know of a history that it adopts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Adoption {
    /// The epoch at which the history parts from what this machine has seen: what it has recorded
    /// of later changes may be missing.
    pub found: u64,
    /// The number of the log entry with which that history begins.
    pub entry: u64,
}

/// The way through the log from the incarnation that this machine has seen to the present one.
struct Way<'a> {
    seen: &'a Mark,
    /// Whether the log, as far as it was followed, contains all that this machine has seen of it.
    passed: bool,
    /// Whether a passage from the seen incarnation was found, even if it does not suffice.
    known: bool,
    adoption: Option<Adoption>,
    /// The incarnation that the way has reached.
    at: Option<Incarnation>,
    /// Whether the passages do not join.
    broken: bool,
}

impl Way<'_> {
    fn pass(&mut self, seq: u64, head: &Head) {
        self.passed |= seq == self.seen.log_last && *head == self.seen.log_head;
    }

    fn visit(&mut self, at: &LogHead, entry: &Entry) {
        if let Some(transition) = Transition::of(entry) {
            self.take(at.seq, entry, &transition);
        }
        self.pass(at.seq, &at.head);
    }

    fn take(&mut self, seq: u64, entry: &Entry, transition: &Transition) {
        if let Some(at) = self.at {
            self.broken |= transition.from != at;
            self.at = Some(transition.to);
            return;
        }
        let seen = self.seen;
        self.known |= [transition.from, transition.seen].contains(&seen.incarnation);
        // Whoever decided had seen at least as much of this incarnation.
        let is_informed = transition.seen == seen.incarnation && transition.anchored >= seen.epoch;
        // Or nothing of what was seen here is lost. A restore begins with an older state, and one
        // that was only a rehearsal is no successor of the store.
        let continues = transition.from == seen.incarnation
            && transition.found >= seen.epoch
            && self.passed
            && entry.known_action() != Some(Action::StoreRestore);
        if (is_informed || continues) && entry.epoch > seen.epoch {
            self.at = Some(transition.to);
            self.adoption = Some(Adoption {
                found: transition.found,
                entry: seq,
            });
        }
    }
}

/// Follows the log from the incarnation that was seen to that of `root`. Every entry that is kept is
/// read, because only the whole chain binds an entry to its place.
///
/// # Errors
///
/// [`History::Fork`] if the log does not lead there, or whoever decided had seen less than this
/// machine.
pub(super) fn follow(
    tx: &dyn Transaction,
    unlocked: &Unlocked,
    root: &Root,
    seen: &Mark,
) -> Result<Adoption> {
    let forked = |why: &str| Error::History(History::Fork(why.into()));
    let mut way = Way {
        seen,
        passed: false,
        known: false,
        adoption: None,
        at: None,
        broken: false,
    };
    way.pass(root.log_first.saturating_sub(1), &root.log_first_head);
    let chained = chain::follow(
        tx,
        &unlocked.keys,
        &unlocked.header.store,
        (root.log_first, root.log_last),
        root.log_first_head,
        &mut |at, entry| {
            way.visit(&at, &entry);
            Ok(())
        },
    );
    match chained {
        Ok(head) if head == root.log_head => (),
        Ok(_) | Err(Error::Integrity(_)) => return Err(forked("its log was changed")),
        Err(error) => return Err(error),
    }
    let leads = !way.broken && way.at == Some(root.incarnation);
    match way.adoption {
        Some(adoption) if leads && root.epoch > seen.epoch => Ok(adoption),
        None if way.known => Err(forked(
            "whoever accepted another history had seen less than this machine",
        )),
        _ => Err(forked("it was restored or accepted elsewhere")),
    }
}
