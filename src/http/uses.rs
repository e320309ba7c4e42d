//! Uses of tokens that are to be recorded: collected, and written together.

use std::collections::HashMap;
use std::mem;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::model::id::RecordId;
use crate::model::time::Time;
use crate::ops::verify::RecordUse;

/// A token's use is recorded at most once in so many seconds.
const EVERY: i64 = 60;

/// How many uses wait at most; what comes beyond is not recorded.
const MOST: usize = 100_000;

/// How many parts there are, so that threads rarely meet.
const PARTS: usize = 16;

/// Uses of tokens that wait to be recorded.
pub(super) struct Uses {
    parts: [Mutex<Part>; PARTS],
    /// The part that is taken from first, next time: where not all is taken, each has its turn.
    turn: AtomicUsize,
}

#[derive(Default)]
struct Part {
    /// When the last use that was collected took place, for each token that was used lately.
    last: HashMap<RecordId, Time>,
    waiting: Vec<RecordUse>,
}

impl Uses {
    pub(super) fn new() -> Self {
        Self {
            parts: std::array::from_fn(|_| Mutex::default()),
            turn: AtomicUsize::default(),
        }
    }

    /// Collects a use, unless another of the token was collected in the same minute.
    pub(super) fn add(&self, noted: &RecordUse) {
        let [.., byte] = *noted.record().bytes();
        let Some(part) = self.parts.get(usize::from(byte) % PARTS) else {
            return;
        };
        let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
        let now = noted.at();
        let is_new = |last: &Time| now.seconds() - last.seconds() >= EVERY;
        if !part.last.get(&noted.record()).is_none_or(is_new) || part.waiting.len() >= MOST / PARTS
        {
            return;
        }
        part.last.insert(noted.record(), now);
        part.waiting.push(noted.clone());
    }

    /// Takes what waits, at most so many, as of `now`.
    pub(super) fn take(&self, now: Time, most: usize) -> Vec<RecordUse> {
        let mut taken = Vec::new();
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % PARTS;
        let (later, first) = self.parts.split_at(turn);
        for part in first.iter().chain(later) {
            let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
            let room = most.saturating_sub(taken.len());
            if part.waiting.len() <= room {
                taken.append(&mut mem::take(&mut part.waiting));
            } else {
                taken.extend(part.waiting.drain(..room));
            }
            part.last
                .retain(|_, last| now.seconds() - last.seconds() < EVERY);
        }
        taken
    }

    /// Gives uses back that could not be recorded: another attempt is made later.
    pub(super) fn give_back(&self, uses: Vec<RecordUse>) {
        let Some(part) = self.parts.first() else {
            return;
        };
        let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
        let room = MOST.saturating_sub(part.waiting.len());
        part.waiting.extend(uses.into_iter().take(room));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(n: u32, at: i64) -> RecordUse {
        let mut id = [0; 16];
        id[..4].copy_from_slice(&n.to_be_bytes());
        // The part that it is in.
        id[15] = n.to_be_bytes()[3];
        RecordUse::valid(RecordId::from_bytes(id), Time::from_seconds(at))
    }

    fn at(seconds: i64) -> Time {
        Time::from_seconds(seconds)
    }

    #[test]
    fn a_use_waits_once_a_minute_for_each_token() {
        let uses = Uses::new();
        for (n, seconds) in [(1, 0), (2, 0), (1, 59), (17, 1)] {
            uses.add(&used(n, seconds));
        }
        assert_eq!(uses.take(at(59), usize::MAX).len(), 3);
        uses.add(&used(1, 59));
        assert!(uses.take(at(59), usize::MAX).is_empty());
        uses.add(&used(1, 60));
        assert_eq!(uses.take(at(60), usize::MAX), [used(1, 60)]);
    }

    #[test]
    fn memory_is_bounded() {
        let uses = Uses::new();
        let most = u32::try_from(MOST).unwrap();
        for n in 0..2 * most {
            uses.add(&used(n, 0));
        }
        let remembered = |uses: &Uses| -> usize {
            let parts = uses.parts.iter();
            parts.map(|part| part.lock().unwrap().last.len()).sum()
        };
        assert_eq!(remembered(&uses), MOST);
        let waiting = uses.take(at(60), usize::MAX);
        assert_eq!(waiting.len(), MOST);
        assert_eq!(remembered(&uses), 0);
        uses.give_back(waiting.clone());
        uses.give_back(waiting);
        assert_eq!(uses.take(at(60), usize::MAX).len(), MOST);
    }

    #[test]
    fn no_more_is_taken_than_asked_for_and_each_part_has_its_turn() {
        let uses = Uses::new();
        // Two of each part.
        for n in 0..32 {
            uses.add(&used(n, 0));
        }
        let mut parts = Vec::new();
        for _ in 0..16 {
            let taken = uses.take(at(1), 1);
            parts.extend(taken.iter().map(|it| it.record().bytes()[15] % 16));
        }
        assert_eq!(parts, (0..16).collect::<Vec<_>>());
        assert_eq!(uses.take(at(1), 10).len(), 10);
        assert_eq!(uses.take(at(1), 10).len(), 6);
        assert!(uses.take(at(1), 10).is_empty());
    }

    #[test]
    fn what_could_not_be_recorded_is_taken_again() {
        let uses = Uses::new();
        uses.add(&used(1, 0));
        uses.add(&used(2, 0));
        let first = uses.take(at(0), usize::MAX);
        uses.give_back(first.clone());
        uses.add(&used(3, 0));
        let mut again = uses.take(at(0), usize::MAX);
        again.sort_by_key(|it| *it.record().bytes());
        assert_eq!(again, [used(1, 0), used(2, 0), used(3, 0)]);
    }
}
