//! How a store passes from one incarnation to another, as its log records it.

use data_encoding::HEXLOWER;

use super::chain::Details;
use crate::model::audit::{Action, Entry};

/// The id of an incarnation.
pub(in crate::barrier) type Incarnation = [u8; 16];

/// One passage of a store to a new incarnation, decided by a holder of its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::barrier) struct Transition {
    /// The incarnation that was found.
    pub(in crate::barrier) from: Incarnation,
    /// The epoch that was found.
    pub(in crate::barrier) found: u64,
    /// The incarnation that the deciding machine had seen before.
    pub(in crate::barrier) seen: Incarnation,
    /// The epoch that it had seen of that; 0 if none.
    pub(in crate::barrier) anchored: u64,
    /// The incarnation that began.
    pub(in crate::barrier) to: Incarnation,
}

impl Transition {
    /// The facts in the entry that records it.
    pub(in crate::barrier) fn details(&self) -> Details {
        let mut details = Details::from([
            ("from".into(), HEXLOWER.encode(&self.from)),
            ("found".into(), self.found.to_string()),
            ("anchored".into(), self.anchored.to_string()),
            ("to".into(), HEXLOWER.encode(&self.to)),
        ]);
        if self.seen != self.from {
            details.insert("seen".into(), HEXLOWER.encode(&self.seen));
        }
        details
    }

    /// The passage that an entry records, if it does.
    pub(in crate::barrier) fn of(entry: &Entry) -> Option<Self> {
        let records = matches!(
            entry.known_action(),
            Some(Action::StoreAccept | Action::StoreCopy | Action::StoreRestore)
        );
        if !records {
            return None;
        }
        let fact = |key| entry.details.get(key);
        let incarnation = |key| incarnation(fact(key)?);
        let epoch = |key| fact(key)?.parse().ok();
        let from = incarnation("from")?;
        Some(Self {
            from,
            found: epoch("found")?,
            seen: fact("seen").map_or(Some(from), |_| incarnation("seen"))?,
            anchored: epoch("anchored")?,
            to: incarnation("to")?,
        })
    }
}

fn incarnation(hex: &String) -> Option<Incarnation> {
    HEXLOWER.decode(hex.as_bytes()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::audit::{Actor, Object, ObjectKind, Outcome};
    use crate::model::time::Time;

    fn entry(action: Action, details: Details) -> Entry {
        Entry {
            at: Time::from_seconds(1),
            epoch: 8,
            actor: Actor::default(),
            action: action.word().to_owned(),
            object: Object::new(ObjectKind::Store, String::new(), None),
            outcome: Outcome::Done,
            details,
        }
    }

    #[test]
    fn a_transition_comes_back_as_it_was_recorded() {
        let own = Transition {
            from: [1; 16],
            found: 5,
            seen: [1; 16],
            anchored: 7,
            to: [2; 16],
        };
        let foreign = Transition {
            seen: [3; 16],
            ..own
        };
        for (transition, facts) in [(own, 4), (foreign, 5)] {
            let details = transition.details();
            assert_eq!(details.len(), facts);
            let entry = |action| entry(action, details.clone());
            for action in [Action::StoreAccept, Action::StoreCopy, Action::StoreRestore] {
                assert_eq!(Transition::of(&entry(action)), Some(transition));
            }
            assert_eq!(Transition::of(&entry(Action::StoreMoved)), None);
        }
    }

    #[test]
    fn an_entry_that_lacks_a_fact_or_has_a_wrong_one_records_none() {
        let whole = Transition {
            from: [1; 16],
            found: 5,
            seen: [3; 16],
            anchored: 7,
            to: [2; 16],
        }
        .details();
        for key in ["from", "found", "anchored", "to"] {
            let mut details = whole.clone();
            details.remove(key);
            assert_eq!(Transition::of(&entry(Action::StoreAccept, details)), None);
        }
        for key in ["from", "found", "anchored", "seen", "to"] {
            let mut details = whole.clone();
            details.insert(key.into(), "1g".into());
            assert_eq!(Transition::of(&entry(Action::StoreAccept, details)), None);
        }
    }
}
