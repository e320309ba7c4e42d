//! Attempts at one user come one after another, whether or not there is such a user.
//!
//! Each is answered at its step before the next one is tried. So a crowd of them is answered in the
//! same times for a user who is there and for one who is not: what an attempt costs shows only if it
//! takes longer than a step.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::model::name::Canonical;
use crate::ops::otp::Claim;

/// How many attempts at one user there may be at once. A code takes five, and a profile ten an hour.
const MOST: usize = 10;

/// Whom an attempt is about: the API key, and the user as it is compared. Two spellings of one name
/// are one; a name and an address are two, also if nobody has either.
type Subject = ([u8; 16], Option<Canonical>, Option<String>);

/// The attempts that are under way, by user.
#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<HashMap<Subject, Lane>>);

#[derive(Debug)]
struct Lane {
    turn: Arc<Semaphore>,
    /// How many wait, or have their turn.
    count: usize,
}

/// A place in the queue of a user, until it is dropped.
pub(super) struct Place<'a> {
    turns: &'a Turns,
    subject: Subject,
    turn: Arc<Semaphore>,
}

impl Turns {
    /// Queues an attempt; `None` if there are too many about this user.
    pub(super) fn enter(&self, claim: &Claim) -> Option<Place<'_>> {
        let (name, email) = claim.user.canonical();
        let subject = (*claim.api_key.bytes(), name, email);
        let mut lanes = self.lock();
        let lane = lanes.entry(subject.clone()).or_insert_with(|| Lane {
            turn: Arc::new(Semaphore::new(1)),
            count: 0,
        });
        if lane.count >= MOST {
            return None;
        }
        lane.count += 1;
        Some(Place {
            turns: self,
            subject,
            turn: Arc::clone(&lane.turn),
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Subject, Lane>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place<'_> {
    /// Waits for those before it. The next one waits until the turn is dropped.
    pub(super) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        // It is never closed.
        Arc::clone(&self.turn).acquire_owned().await.ok()
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut lanes = self.turns.lock();
        if let Some(lane) = lanes.get_mut(&self.subject) {
            lane.count = lane.count.saturating_sub(1);
            if lane.count == 0 {
                lanes.remove(&self.subject);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{Instant, sleep};

    use super::*;

    fn claim(key: u8, user: &str) -> Claim {
        let key = format!("{key:02x}").repeat(16);
        Claim {
            api_key: key.parse().unwrap(),
            environment_key: "0".repeat(32).parse().unwrap(),
            user: user.parse().unwrap(),
        }
    }

    #[test]
    fn so_many_attempts_at_a_user_wait_and_leave_nothing_behind() {
        let turns = Turns::default();
        let spellings = ["anna", "ANNA", "Anna"].into_iter().cycle();
        let mut places: Vec<_> = spellings
            .take(MOST)
            .map(|user| turns.enter(&claim(1, user)).unwrap())
            .collect();
        assert!(turns.enter(&claim(1, "aNNa")).is_none());
        for other in [
            claim(2, "anna"),
            claim(1, "bob"),
            claim(1, "anna@x.example"),
        ] {
            assert!(turns.enter(&other).is_some());
        }
        // Those that are left are still one behind the other.
        places.pop();
        assert_eq!(turns.lock().len(), 1);
        drop(places);
        assert!(turns.lock().is_empty());
        assert!(turns.enter(&claim(1, "anna")).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn attempts_at_a_user_are_made_one_after_another_in_their_order() {
        let turns = Arc::new(Turns::default());
        let begun = Instant::now();
        let attempts: Vec<_> = (0..3)
            .map(|_| {
                let turns = Arc::clone(&turns);
                tokio::spawn(async move {
                    let place = turns.enter(&claim(1, "anna")).unwrap();
                    let _turn = place.turn().await;
                    sleep(Duration::from_millis(100)).await;
                    begun.elapsed().as_millis()
                })
            })
            .collect();
        for (attempt, at) in attempts.into_iter().zip([100, 200, 300]) {
            assert_eq!(attempt.await.unwrap(), at);
        }
    }
}
