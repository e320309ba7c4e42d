//! Figures of a store, for monitoring.

use hallpass::model::time::Time;
use hallpass::model::token::TokenState;
use hallpass::ops::Suspend;
use hallpass::ops::store::{Figures, Within, figures};
use hallpass::ops::token;

use super::fixture::{DAY, NOON, TestStore, at, draft, p};
use super::otp::{ask, mailing};

fn taken(bench: &mut TestStore) -> Figures {
    figures(&mut bench.core).unwrap()
}

fn count(figures: &Figures, state: TokenState) -> u64 {
    let counts = figures.tokens.iter().filter(|(own, _)| *own == state);
    counts.map(|(_, count)| count).sum()
}

fn expiring(figures: &Figures) -> [u64; 3] {
    Within::ALL.map(|within| {
        let counts = figures.expiring.iter().filter(|(own, _)| *own == within);
        counts.map(|(_, count)| count).sum()
    })
}

fn issue(bench: &mut TestStore, address: &str, life: &str) {
    let mut draft = draft(address);
    draft.expires = Some(p(life));
    bench.issue(&draft).unwrap();
}

#[test]
fn tokens_are_counted_by_state_and_by_the_time_that_is_left_to_them() {
    let mut bench = TestStore::with_sample_data();
    for (name, life) in [
        ("ci/a", "1d"),
        ("ci/b", "7d"),
        ("ci/c", "30d"),
        ("ci/d", "31d"),
    ] {
        issue(&mut bench, name, life);
    }
    let first = taken(&mut bench);
    assert_eq!(first.epoch, bench.epoch());
    assert_eq!(count(&first, TokenState::Active), 4);
    assert_eq!(expiring(&first), [1, 2, 3]);
    bench.revoke("ci/b");
    let suspend = Suspend {
        reason: None,
        until: None,
    };
    token::suspend(&mut bench.core, &[at("ci/c")], &suspend).unwrap();
    let second = taken(&mut bench);
    assert_eq!(count(&second, TokenState::Revoked), 1);
    assert_eq!(count(&second, TokenState::Suspended), 1);
    // What is stopped does not expire any more.
    assert_eq!(expiring(&second), [1, 1, 1]);
    bench.wait(DAY);
    let third = taken(&mut bench);
    assert_eq!(count(&third, TokenState::Expired), 1);
    assert_eq!(count(&third, TokenState::Active), 1);
    assert_eq!(expiring(&third), [0, 0, 1]);
    assert_eq!(count(&third, TokenState::Pending), 0);
    assert_eq!(third.anchored_at, None);
}

#[test]
fn the_oldest_queued_mail_is_known() {
    let mut bench = mailing();
    let none = taken(&mut bench);
    assert_eq!((none.mail_queue, none.oldest_mail), (0, None));
    bench.wait(60);
    ask(&mut bench, None).unwrap();
    bench.wait(60);
    let waiting = taken(&mut bench);
    assert_eq!(waiting.mail_queue, 1);
    assert_eq!(waiting.oldest_mail, Some(Time::from_seconds(NOON + 60)));
}
