//! Requests for codes that were answered, and have still to be worked off.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::budgets::REQUESTS_AT_ONCE;
use crate::core::Request;
use crate::http::options::AccessLog;
use crate::http::request_id::RequestTag;
use crate::model::text::Device;
use crate::ops::otp::Claim;

/// How many wait at most: as many as the budgets let come in 100 seconds. They are worked off faster
/// than that, so only a store that takes nothing for so long fills it.
const MOST: usize = 4 * REQUESTS_AT_ONCE;

/// How long a request is left alone once its answer may leave: what it costs must not slow the
/// answers of others that came with it.
const SETTLE: Duration = Duration::from_millis(50);

/// A request that was answered.
#[derive(Debug)]
pub(super) struct Job {
    /// What there is to do.
    pub(super) work: Work,
    /// Who asked.
    pub(super) call: Request,
    /// The id of the request.
    pub(super) tag: Option<RequestTag>,
    /// Whether the log says how it ends.
    pub(super) access_log: AccessLog,
}

/// What there is to do about a request.
#[derive(Debug, Clone)]
pub(super) enum Work {
    /// A code is asked for.
    Ask {
        /// Whom it is for.
        claim: Claim,
        /// The device.
        device: Option<Device>,
        /// Where it was asked for.
        asked_from: Option<String>,
    },
    /// Nobody is asked for: it costs what a refusal costs.
    TurnAway,
}

/// The requests, oldest first.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    jobs: Mutex<VecDeque<(Job, Instant)>>,
    /// How many are not ended: those that wait, and the one that is being worked off.
    left: watch::Sender<usize>,
}

impl Backlog {
    /// Adds a request whose answer leaves now. Returns whether there was room.
    pub(super) fn add(&self, job: Job) -> bool {
        let mut jobs = self.lock();
        if jobs.len() >= MOST {
            return false;
        }
        jobs.push_back((job, Instant::now() + SETTLE));
        self.left.send_modify(|left| *left += 1);
        true
    }

    /// The next request, and when it is to be worked off. Each is followed by [`Self::ended`].
    pub(super) async fn next(&self) -> Option<(Job, Instant)> {
        let mut left = self.left.subscribe();
        // The sender is here, so this ends only with a request.
        left.wait_for(|left| *left > 0).await.ok()?;
        self.lock().pop_front()
    }

    /// A request was worked off.
    pub(super) fn ended(&self) {
        self.left.send_modify(|left| *left = left.saturating_sub(1));
    }

    /// Waits until all are worked off, at most for `limit`. Returns how many are not.
    pub(super) async fn worked_off(&self, limit: Duration) -> usize {
        let mut left = self.left.subscribe();
        let empty = left.wait_for(|left| *left == 0);
        let _ = timeout(limit, empty).await;
        *self.left.borrow()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<(Job, Instant)>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::model::audit::Actor;

    pub(in crate::http::profit) fn job(work: Work) -> Job {
        Job {
            work,
            call: Actor::default().into(),
            tag: None,
            access_log: AccessLog::On,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn requests_wait_in_their_order_until_their_answers_have_left() {
        let backlog = Backlog::default();
        assert_eq!(backlog.worked_off(Duration::ZERO).await, 0);
        let begun = Instant::now();
        assert!(backlog.add(job(Work::TurnAway)));
        tokio::time::advance(Duration::from_millis(7)).await;
        let claim = Claim {
            api_key: "0".repeat(32).parse().unwrap(),
            environment_key: "0".repeat(32).parse().unwrap(),
            user: "anna".parse().unwrap(),
        };
        assert!(backlog.add(job(Work::Ask {
            claim,
            device: None,
            asked_from: None,
        })));
        let (first, due) = backlog.next().await.unwrap();
        assert!(matches!(first.work, Work::TurnAway));
        assert_eq!(due - begun, SETTLE);
        // The one that is being worked off counts.
        assert_eq!(backlog.worked_off(SETTLE).await, 2);
        backlog.ended();
        let (second, due) = backlog.next().await.unwrap();
        assert!(matches!(second.work, Work::Ask { .. }));
        assert_eq!(due - begun, SETTLE + Duration::from_millis(7));
        backlog.ended();
        assert_eq!(backlog.worked_off(SETTLE).await, 0);
    }

    #[test]
    fn there_is_room_for_all_that_the_budgets_let_come_in_100_seconds() {
        let backlog = Backlog::default();
        // At once, ten a second about connections, and five about none.
        let come = REQUESTS_AT_ONCE + (10 + 5) * 100;
        assert_eq!(come, MOST);
        let room = (0..MOST).all(|_| backlog.add(job(Work::TurnAway)));
        assert!(room && !backlog.add(job(Work::TurnAway)));
    }
}
