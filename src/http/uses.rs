//! Uses of tokens that are to be recorded: collected, and written together.

use std::collections::HashMap;
use std::mem;
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

    /// Takes what waits, as of `now`.
    pub(super) fn take(&self, now: Time) -> Vec<RecordUse> {
        let mut taken = Vec::new();
        for part in &self.parts {
            let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
            taken.append(&mut mem::take(&mut part.waiting));
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
