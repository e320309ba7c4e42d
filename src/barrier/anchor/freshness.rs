//! Comparing a store with the state this machine has seen of it (the anchor rule).

use super::adoption::{self, Adoption};
use super::{Mark, announced, newest};
use crate::backend::Transaction;
use crate::barrier::log::chain;
use crate::barrier::rows::root::Root;
use crate::barrier::unlocking::unlocked::Unlocked;
use crate::error::{Error, History, Result};

/// A history that an operator explicitly accepts, for one transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::barrier) enum Override {
    Nothing,
    Rollback,
    Fork,
    /// A history that another machine accepted, and that this one may follow.
    Accepted,
    /// A store that was moved to another place, whatever was seen of that.
    Moved,
    /// A restore: any history, because a new one begins.
    Any,
}

impl Override {
    /// Whether a store is accepted whatever this machine has seen at its path.
    pub(in crate::barrier) fn is_of_any_store(self) -> bool {
        matches!(self, Self::Fork | Self::Moved | Self::Any)
    }
}

/// The result of comparing a store with its anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::barrier) enum Freshness {
    Same,
    Newer,
    Unseen,
    /// Refused by the rule, but accepted by an operator, now or in a run that was interrupted.
    Overridden,
    /// Accepted on another machine, and adopted.
    Adopted(Adoption),
    /// The store was moved away: what this machine has seen is of its successor.
    Moved,
}

impl Freshness {
    /// Whether the state does not continue what was seen.
    pub(in crate::barrier) fn starts_anew(self) -> bool {
        matches!(self, Self::Overridden | Self::Adopted(_))
    }
}

/// The inputs of the comparison.
pub(in crate::barrier) struct FreshnessCheck<'a> {
    pub(in crate::barrier) unlocked: &'a Unlocked,
    pub(in crate::barrier) tx: &'a dyn Transaction,
    pub(in crate::barrier) root: &'a Root,
    pub(in crate::barrier) mark: &'a Mark,
}

/// The error for a store that this machine has seen, but whose anchor is missing or holds nothing
/// but an announcement.
pub(in crate::barrier) fn anchor_gone() -> Error {
    Error::History(History::Fork(
        "it has seen the store before, but its anchor is missing".into(),
    ))
}

/// Whether an operator's override accepts a store with this history.
fn covers(allowed: Override, history: &History) -> bool {
    let rollback = matches!(history, History::Rollback { .. });
    let fork = matches!(
        history,
        History::Fork(_) | History::AcceptedElsewhere { .. } | History::Substituted(_)
    );
    match allowed {
        Override::Nothing | Override::Accepted => false,
        Override::Rollback => rollback,
        Override::Fork => fork,
        Override::Moved | Override::Any => true,
    }
}

impl FreshnessCheck<'_> {
    pub(in crate::barrier) fn run(&self, anchor: &[u8], allowed: Override) -> Result<Freshness> {
        match (self.compare(anchor), allowed) {
            (
                Err(Error::History(History::AcceptedElsewhere { found, entry })),
                Override::Accepted,
            ) => Ok(Freshness::Adopted(Adoption { found, entry })),
            (Err(Error::History(history)), allowed) if covers(allowed, &history) => {
                Ok(Freshness::Overridden)
            }
            (found, _) => found,
        }
    }

    fn compare(&self, anchor: &[u8]) -> Result<Freshness> {
        let store = &self.unlocked.header.store;
        let key = &self.unlocked.keys.anchor;
        let foreign = || {
            Error::History(History::Substituted(
                "the anchor belongs to another store".into(),
            ))
        };
        let mark = self.mark;
        if announced(anchor, store, key).is_some_and(|it| it == *mark) {
            return Ok(Freshness::Overridden);
        }
        let Some(seen) = newest(anchor, store, key) else {
            let announced = announced(anchor, store, key).is_some();
            return Err(if announced { anchor_gone() } else { foreign() });
        };
        if seen.incarnation != mark.incarnation {
            let Adoption { found, entry } =
                adoption::follow(self.tx, self.unlocked, self.root, &seen)?;
            return Err(Error::History(History::AcceptedElsewhere { found, entry }));
        }
        if mark.epoch < seen.epoch {
            return Err(Error::History(History::Rollback {
                found: mark.epoch,
                seen: seen.epoch,
            }));
        }
        if mark.epoch == seen.epoch {
            let forked = || {
                Error::History(History::Fork(format!(
                    "two different states of epoch {}",
                    mark.epoch
                )))
            };
            return if *mark == seen {
                Ok(Freshness::Same)
            } else {
                Err(forked())
            };
        }
        self.catch_up(&seen)?;
        Ok(Freshness::Newer)
    }

    /// Verifies that the log rows this machine has not seen continue the chain from the last it
    /// has.
    fn catch_up(&self, seen: &Mark) -> Result<()> {
        let next = seen.log_last + 1;
        let last = self.root.log_last;
        if next < self.root.log_first {
            return Err(Error::History(History::Fork(
                "log rows that this machine has not seen were pruned".into(),
            )));
        }
        let keys = &self.unlocked.keys;
        let store = &self.unlocked.header.store;
        let chained = chain::follow(
            self.tx,
            keys,
            store,
            (next, last),
            seen.log_head,
            &mut |_, _| Ok(()),
        );
        match chained {
            Ok(head) if head == self.root.log_head => Ok(()),
            Ok(_) | Err(Error::Integrity(_)) => Err(Error::History(History::Fork(
                "its log does not continue what this machine has seen".into(),
            ))),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::backend::memory::MemoryBackend;
    use crate::barrier::{Details, KdfLimits, NewSlot, NewStore, State, Store, Unlock, key_file};
    use crate::crypto::Key;
    use crate::entropy::{Entropy as _, OsEntropy};
    use crate::model::audit::{Action, Actor, Object};
    use crate::model::time::Time;

    const NOW: Time = Time::from_seconds(1_795_521_600);

    fn change(store: &mut Store, prune: bool) {
        let done = store.write(NOW, &Actor::default(), &mut OsEntropy, |w| {
            if prune {
                let last = w.root.log_last;
                let head = w.root.log_head;
                w.tx.log_prune(last)?;
                (w.root.log_first, w.root.log_first_head) = (last + 1, head);
            }
            let object = Object {
                kind: "store".into(),
                id: String::new(),
                name: None,
            };
            w.audit(Action::StoreInit, object, Details::new())
        });
        done.unwrap();
    }

    #[test]
    fn log_rows_that_were_pruned_unseen_are_a_fork_and_said_to_be_that() {
        let folder = tempfile::tempdir().unwrap();
        let seen = State {
            folder: Some(folder.path().to_owned()),
            ..State::off()
        };
        let key = Key::generate(&mut OsEntropy).unwrap();
        let backend = MemoryBackend::new();
        let mut id = [0; 16];
        OsEntropy.fill(&mut id).unwrap();
        let slots = vec![NewSlot::KeyFile(&key)];
        let founding = NewStore {
            id,
            slots,
            now: NOW,
            actor: &Actor::default(),
        };
        let founded = Store::create(
            Box::new(backend.clone()),
            &founding,
            &seen,
            &mut OsEntropy,
            |_| Ok(()),
        );
        founded.unwrap().publish().unwrap();
        let open = |state: &State| {
            let secret = Unlock::KeyFile(key_file::encode(&id, &key));
            Store::open(
                Box::new(backend.clone()),
                &secret,
                &KdfLimits::default(),
                state,
            )
            .unwrap()
        };
        let mut elsewhere = open(&State::off());
        change(&mut elsewhere, false);
        open(&seen).read(|_| Ok(())).unwrap();
        change(&mut elsewhere, true);
        open(&seen)
            .read(|_| Ok(()))
            .expect("what was pruned had been seen");
        change(&mut elsewhere, false);
        change(&mut elsewhere, true);
        let error = open(&seen).read(|_| Ok(())).unwrap_err();
        assert!(
            matches!(&error, crate::Error::History(crate::error::History::Fork(why)) if why.contains("pruned")),
            "{error}"
        );
    }
}
