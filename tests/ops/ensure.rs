//! A place that is to hold a good token.

use std::io;

use hallpass::backend::Fault;
use hallpass::model::time::Overlap;
use hallpass::model::verdict::Reason;
use hallpass::ops::delivery::DeferredSink;
use hallpass::ops::token::{self, Draft, EnsureRequest, Ensured, Filter, How, StateFilter};
use hallpass::ops::verify::{self, Asked};
use hallpass::ops::{Suspend, connection, profile};
use hallpass::secret::SecretText;
use hallpass::{Error, Kind};
use zeroize::Zeroizing;

use super::fixture::{DAY, Slow, TestStore, at, draft, kind, message, p};

mod standing;

fn wanted(address: &str) -> EnsureRequest {
    for_at_least(draft(address), "14d")
}

fn for_at_least(draft: Draft, life: &str) -> EnsureRequest {
    EnsureRequest {
        draft,
        min_life: p(life),
        overlap: p::<Overlap>("24h"),
    }
}

fn ensure(
    bench: &mut TestStore,
    wanted: &EnsureRequest,
    sink: &mut Slow,
) -> Result<Ensured, Error> {
    token::ensure(&mut bench.core, wanted, sink)
}

#[track_caller]
fn kept(bench: &mut TestStore, wanted: &EnsureRequest, sink: &mut Slow) {
    let (tables, content) = (bench.backend.tables(), sink.content.clone());
    let ensured = ensure(bench, wanted, sink).unwrap();
    assert!(matches!(ensured, Ensured::Kept(_)), "{ensured:?}");
    assert!(
        bench.backend.tables() == tables && sink.content == content,
        "nothing is written"
    );
}

fn count(bench: &mut TestStore) -> usize {
    bench
        .tokens(&Filter {
            which: StateFilter::All,
            ..Filter::default()
        })
        .len()
}

fn verdict(bench: &mut TestStore, sink: &mut Slow) -> Reason {
    let token = sink.token();
    verify::judge(&mut bench.core, &token, &Asked::default())
        .unwrap()
        .reason
}

#[test]
fn what_is_missing_is_made_and_then_kept() {
    let mut bench = TestStore::with_sample_data();
    for content in [
        None,
        Some("\n"),
        Some("hpass_063UfDVRKBz000A7dl5PEW67zZCpFU9uKaHnGgOvQKAR4bj7ez"),
    ] {
        let mut sink = Slow {
            content: content.map(str::to_owned),
            ..Slow::default()
        };
        let made = ensure(&mut bench, &wanted("ci/laptop"), &mut sink).unwrap();
        assert!(
            matches!(&made, Ensured::Made(issued) if issued.how == How::Made),
            "{made:?}"
        );
        assert_eq!(verdict(&mut bench, &mut sink), Reason::Valid);
        kept(&mut bench, &wanted("ci/laptop"), &mut sink);
        bench.revoke("ci/laptop");
        let again = ensure(&mut bench, &wanted("ci/laptop"), &mut sink).unwrap();
        assert!(
            matches!(again, Ensured::Made(_)),
            "one that was revoked is as good as none"
        );
        bench.revoke("ci/laptop");
    }
}

#[test]
fn one_that_ends_too_soon_is_replaced_with_an_overlap() {
    let mut bench = TestStore::with_sample_data();
    let mut asked = draft("ci/laptop");
    asked.expires = Some(p("30d"));
    let wanted = for_at_least(asked, "14d");
    let mut sink = Slow::default();
    ensure(&mut bench, &wanted, &mut sink).unwrap();
    bench.wait(16 * DAY);
    kept(&mut bench, &wanted, &mut sink);
    let old = sink.token();
    bench.wait(1);
    let Ensured::Rotated(rotated) = ensure(&mut bench, &wanted, &mut sink).unwrap() else {
        panic!("it was not replaced")
    };
    assert_eq!(
        (rotated.old.id, sink.token().id()),
        (old.id(), rotated.issued.summary.id)
    );
    let now = bench.now().seconds();
    assert_eq!(rotated.old.expires_at.unwrap().seconds(), now + DAY);
    assert_eq!(
        rotated.issued.summary.expires_at.unwrap().seconds(),
        now + 30 * DAY
    );
    kept(&mut bench, &wanted, &mut sink);
}

#[test]
fn one_that_its_place_has_lost_is_replaced() {
    let mut bench = TestStore::with_sample_data();
    let lost = bench.token("ci/laptop");
    let mut sink = Slow::default();
    let ensured = ensure(&mut bench, &wanted("ci/laptop"), &mut sink).unwrap();
    assert!(
        matches!(&ensured, Ensured::Rotated(it) if it.old.id == lost.summary.id),
        "{ensured:?}"
    );
    kept(&mut bench, &wanted("ci/laptop"), &mut sink);
    bench.wait(DAY);
    assert_eq!(bench.verdict(&lost), Reason::Expired);
    // The place is given an older one back: it is as good as lost.
    let mut old = Slow {
        content: sink.content.clone(),
        ..Slow::default()
    };
    ensure(&mut bench, &wanted("ci/laptop"), &mut Slow::default()).unwrap();
    let ensured = ensure(&mut bench, &wanted("ci/laptop"), &mut old).unwrap();
    assert!(matches!(ensured, Ensured::Rotated(_)));
    kept(&mut bench, &wanted("ci/laptop"), &mut old);
}

#[test]
fn one_for_other_uses_is_not_touched() {
    let mut bench = TestStore::with_sample_data();
    bench.environment("test");
    bench.profile("any", &["hr", "crm"]);
    let base = || {
        let mut base = draft("any/laptop");
        base.connection = Some(p("hr"));
        base
    };
    let mut sink = Slow::default();
    ensure(&mut bench, &for_at_least(base(), "1d"), &mut sink).unwrap();
    let mut others = [base(), base(), base(), base(), base()];
    others[0].connection = Some(p("crm"));
    others[1].connection = None;
    others[2].environment = Some(p("test"));
    others[3].device = Some(p("here"));
    others[4].allow_ip = vec![p("192.0.2.1")];
    for other in others {
        let refused = ensure(&mut bench, &for_at_least(other, "1d"), &mut sink);
        assert_eq!(
            message(refused),
            "profile `any` already has a token `laptop`"
        );
    }
    assert_eq!(
        (count(&mut bench), verdict(&mut bench, &mut sink)),
        (1, Reason::Valid)
    );
    // The same, in other words.
    let mut same = base();
    (same.connection, same.environment) = (Some(p("HR")), Some(p("PRODUCTION")));
    kept(&mut bench, &for_at_least(same, "1d"), &mut sink);
}

#[test]
fn what_was_stopped_by_hand_stays_so() {
    let mut bench = TestStore::with_sample_data();
    let (mut sink, how) = (
        Slow::default(),
        Suspend {
            reason: None,
            until: None,
        },
    );
    ensure(&mut bench, &wanted("ci/laptop"), &mut sink).unwrap();
    token::suspend(&mut bench.core, &[at("ci/laptop")], &how).unwrap();
    assert_eq!(
        kind(ensure(&mut bench, &wanted("ci/laptop"), &mut sink)),
        Kind::Refused
    );
    token::resume(&mut bench.core, &[at("ci/laptop")]).unwrap();
    profile::suspend(&mut bench.core, &p("ci"), &how).unwrap();
    assert_eq!(
        kind(ensure(&mut bench, &wanted("ci/laptop"), &mut sink)),
        Kind::Refused
    );
    profile::resume(&mut bench.core, &p("ci")).unwrap();
    connection::block(&mut bench.core, &p("hr"), None).unwrap();
    let blocked = ensure(&mut bench, &wanted("ci/laptop"), &mut sink);
    assert_eq!(message(blocked), "connection `hr` is blocked");
    connection::unblock(&mut bench.core, &p("hr")).unwrap();
    kept(&mut bench, &wanted("ci/laptop"), &mut sink);
}

#[test]
fn one_that_could_not_live_long_enough_is_not_made_again_and_again() {
    let mut bench = TestStore::with_sample_data();
    let mut short = draft("ci/laptop");
    short.expires = Some(p("7d"));
    let mut sink = Slow::default();
    let refused = message(ensure(
        &mut bench,
        &for_at_least(short.clone(), "14d"),
        &mut sink,
    ));
    assert_eq!(
        refused,
        "a token issued now would expire 2026-12-01T12:00:00Z, which is in less than 14d"
    );
    assert_eq!((count(&mut bench), sink.content.is_none()), (0, true));
    ensure(&mut bench, &for_at_least(short.clone(), "7d"), &mut sink).unwrap();
    let refused = ensure(&mut bench, &for_at_least(short, "14d"), &mut sink);
    assert_eq!((kind(refused), count(&mut bench)), (Kind::Refused, 1));
    let never = for_at_least(
        Draft {
            expires: Some(p("never")),
            ..draft("ci/ever")
        },
        "50y",
    );
    let mut ever = Slow::default();
    ensure(&mut bench, &never, &mut ever).unwrap();
    kept(&mut bench, &never, &mut ever);
}

#[test]
fn a_profile_that_is_not_there_is_said() {
    let mut bench = TestStore::with_sample_data();
    let missing = ensure(&mut bench, &wanted("who/laptop"), &mut Slow::default());
    assert_eq!(message(missing), "no profile `who`");
    let failing = ensure(&mut bench, &wanted("ci/laptop"), &mut Slow::failing());
    assert_eq!((kind(failing), count(&mut bench)), (Kind::Undelivered, 0));
}

/// A place that another call comes to after it was looked at and before anything is made.
struct Shared<F> {
    place: Slow,
    first: Option<F>,
}

impl<F: FnOnce(&mut Slow)> DeferredSink for Shared<F> {
    fn timeout_seconds(&self) -> u32 {
        self.place.timeout_seconds()
    }

    fn display_name(&self) -> String {
        self.place.display_name()
    }

    fn content(&mut self) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        self.place.content()
    }

    fn ready(&mut self) -> io::Result<()> {
        if let Some(first) = self.first.take() {
            first(&mut self.place);
        }
        self.place.ready()
    }

    fn deliver(&mut self, secret: &SecretText, held: Option<&[u8]>) -> io::Result<()> {
        self.place.deliver(secret, held)
    }

    fn restore(&mut self) -> io::Result<()> {
        self.place.restore()
    }
}

#[test]
fn what_another_call_has_made_in_the_meantime_is_found() {
    for there in [false, true] {
        let mut bench = TestStore::with_sample_data();
        if there {
            bench.token("ci/laptop");
        }
        let mut other = bench.beside();
        let first = |place: &mut Slow| {
            token::ensure(&mut other, &wanted("ci/laptop"), place).unwrap();
        };
        let mut shared = Shared {
            place: Slow::default(),
            first: Some(first),
        };
        let ensured = token::ensure(&mut bench.core, &wanted("ci/laptop"), &mut shared).unwrap();
        assert!(matches!(ensured, Ensured::Kept(_)), "{ensured:?}");
        assert_eq!(verdict(&mut bench, &mut shared.place), Reason::Valid);
        assert_eq!(count(&mut bench), 1 + usize::from(there));
    }
}

#[test]
fn what_is_no_secret_of_ours_is_not_replaced_unless_the_place_says_so() {
    let mut bench = TestStore::with_sample_data();
    let mut shared = Shared {
        place: Slow::default(),
        first: None::<fn(&mut Slow)>,
    };
    shared.place.hold("notes");
    let refused = token::ensure(&mut bench.core, &wanted("ci/laptop"), &mut shared);
    assert_eq!(kind(refused), Kind::UnsafeFile);
    assert_eq!(shared.place.content.as_deref(), Some("notes"));
    assert_eq!(count(&mut bench), 0);
    ensure(&mut bench, &wanted("ci/laptop"), &mut shared.place).unwrap();
}

/// From one commit on, none succeeds; then the call is repeated.
#[test]
fn a_call_that_was_killed_is_repeated_to_one_good_token() {
    for there in [false, true] {
        for nth in 1..=3 {
            let mut bench = TestStore::with_sample_data();
            if there {
                bench.token("ci/laptop");
            }
            for _ in 0..3 {
                bench
                    .backend
                    .faults()
                    .fail_method("commit", nth, || Fault::Storage("kill".into()));
            }
            let mut sink = Slow {
                stuck: true,
                ..Slow::default()
            };
            let first = ensure(&mut bench, &wanted("ci/laptop"), &mut sink);
            assert_eq!(first.is_ok(), nth == 3);
            bench.backend.faults().clear();
            let mut again = Slow {
                content: sink.content,
                ..Slow::default()
            };
            ensure(&mut bench, &wanted("ci/laptop"), &mut again).unwrap();
            assert_eq!(verdict(&mut bench, &mut again), Reason::Valid);
            assert_eq!(count(&mut bench), 1 + usize::from(there));
            kept(&mut bench, &wanted("ci/laptop"), &mut again);
        }
    }
}
