//! Budgets in memory that fill up again with time, lost at a restart.
//!
//! The algorithm is GCRA: for each key there is one time, at which all that it has spent is paid
//! off.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How many keys are remembered; of more, those that are paid off first are forgotten.
const MOST: usize = 100_000;

/// A budget for each key.
#[derive(Debug)]
pub(super) struct Gcra<K> {
    /// How much a key may spend at once.
    burst: u32,
    /// How long it takes to pay one off.
    each: Duration,
    paid_off: Mutex<HashMap<K, Instant>>,
}

impl<K: Copy + Eq + Hash> Gcra<K> {
    /// Budgets of `burst` at once, and one more each time that `each` has passed.
    pub(super) fn new(burst: u32, each: Duration) -> Self {
        Self {
            burst,
            each,
            paid_off: Mutex::default(),
        }
    }

    /// How long a key has to wait until it may spend.
    pub(super) fn wait(&self, key: K, now: Instant) -> Option<Duration> {
        let paid_off = *self.lock().get(&key)?;
        let over = paid_off.checked_duration_since(now)?;
        let over = over.checked_sub(self.each * self.burst.saturating_sub(1))?;
        (!over.is_zero()).then_some(over)
    }

    /// Spends one if the key has one left, in one step: of requests at the same time, no more pass
    /// than there are left.
    pub(super) fn take(&self, key: K, now: Instant) -> bool {
        let mut paid_off = self.lock();
        let all_but_one = self.each * self.burst.saturating_sub(1);
        let over = paid_off.get(&key);
        if over.is_some_and(|until| until.saturating_duration_since(now) > all_but_one) {
            return false;
        }
        self.owe(&mut paid_off, key, now);
        true
    }

    /// Gives one back that was taken.
    pub(super) fn refund(&self, key: K) {
        if let Some(until) = self.lock().get_mut(&key) {
            *until = until.checked_sub(self.each).unwrap_or(*until);
        }
    }

    fn owe(&self, paid_off: &mut HashMap<K, Instant>, key: K, now: Instant) {
        if paid_off.len() >= MOST && !paid_off.contains_key(&key) {
            forget(paid_off, now);
        }
        let until = paid_off.entry(key).or_insert(now);
        *until = (*until).max(now) + self.each;
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Instant>> {
        self.paid_off.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes room: forgets who is paid off, or else who will be first.
fn forget<K: Copy + Eq + Hash>(paid_off: &mut HashMap<K, Instant>, now: Instant) {
    let before = paid_off.len();
    paid_off.retain(|_, until| *until > now);
    if paid_off.len() < before {
        return;
    }
    let first = paid_off.iter().min_by_key(|(_, until)| **until);
    if let Some(first) = first.map(|(key, _)| *key) {
        paid_off.remove(&first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EACH: Duration = Duration::from_secs(6);

    #[test]
    fn after_a_burst_a_key_waits_for_each() {
        let (budgets, now) = (Gcra::new(3, EACH), Instant::now());
        for _ in 0..3 {
            assert_eq!(budgets.wait(7, now), None);
            assert!(budgets.take(7, now));
        }
        assert_eq!(budgets.wait(7, now), Some(EACH));
        assert_eq!(budgets.wait(8, now), None);
        assert_eq!(budgets.wait(7, now + EACH / 2), Some(EACH / 2));
        assert_eq!(budgets.wait(7, now + EACH), None);
    }

    #[test]
    fn what_is_taken_at_once_is_no_more_than_the_burst() {
        let (budgets, now) = (Gcra::new(20, EACH), Instant::now());
        let passed = std::thread::scope(|scope| {
            let take = || (0..100).filter(|_| budgets.take(7, now)).count();
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(take)).collect();
            let passed = threads.into_iter().map(|it| it.join().unwrap());
            passed.sum::<usize>()
        });
        assert_eq!(passed, 20);
        assert!(budgets.take(8, now));
        budgets.refund(7);
        assert!(budgets.take(7, now) && !budgets.take(7, now));
        assert!(!budgets.take(7, now + EACH / 2));
        assert!(budgets.take(7, now + EACH));
        // Nobody gets more than there was.
        budgets.refund(8);
        budgets.refund(9);
        let later = now + EACH * 30;
        let taken = (0..30).filter(|_| budgets.take(8, later)).count();
        assert_eq!(taken, 20);
    }

    #[test]
    fn memory_is_bounded() {
        let (budgets, now) = (Gcra::new(3, EACH), Instant::now());
        while budgets.take(0, now) {}
        for n in 1..MOST + 10 {
            assert!(budgets.take(n, now));
        }
        assert_eq!(budgets.lock().len(), MOST);
        assert!(budgets.wait(0, now).is_some());
        assert!(budgets.take(MOST + 10, now + EACH * 2));
        assert!(budgets.lock().len() <= 2);
    }
}
