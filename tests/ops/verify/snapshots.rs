//! What a server remembers of a store.

use hallpass::Kind;
use hallpass::barrier::Unique;
use hallpass::model::name::ProfileName;
use hallpass::model::profile::Profile;
use hallpass::model::token::{Encoding, Presented};
use hallpass::ops::verify::snapshot::{Memory, Snapshot};
use hallpass::ops::verify::{Asked, judge, touch};
use hallpass::ops::{environment, token};
use hallpass::secret::SecretText;

use crate::ops::fixture::{DAY, Held, Sink, TestStore, draft, kind, p};
use crate::ops::meanwhile::at_once;

fn follow(bench: &mut TestStore, memory: &mut Memory) -> Option<Snapshot> {
    bench.core.read(|r| memory.refresh(r)).unwrap()
}

fn is_at(bench: &mut TestStore, snapshot: &Snapshot) -> bool {
    bench.core.read(|r| Ok(snapshot.is_at(r))).unwrap()
}

#[test]
fn a_snapshot_says_of_when_it_is_and_how_many_tokens_it_has() {
    let mut bench = TestStore::with_sample_data();
    let mut memory = Memory::new(usize::MAX);
    bench.token("ci/a");
    bench.token("ci/b");
    bench.token("ci/c");
    bench.revoke("ci/c");
    let first = follow(&mut bench, &mut memory).unwrap();
    assert!(bench.epoch() > 1, "the premise");
    assert_eq!((first.epoch(), first.tokens()), (bench.epoch(), 3));
    bench.token("ci/d");
    let second = follow(&mut bench, &mut memory).unwrap();
    assert_eq!((second.epoch(), second.tokens()), (bench.epoch(), 4));
    assert_eq!(first.tokens(), 3);
    bench.revoke("ci/a");
    assert_eq!(follow(&mut bench, &mut memory).unwrap().tokens(), 4);
}

#[test]
fn an_import_and_a_late_use_are_told_as_by_the_store() {
    let mut bench = TestStore::with_sample_data();
    let mut memory = Memory::new(usize::MAX);
    let text = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
    let preset = token::Preset::Value(SecretText::new(text.to_owned()));
    token::import(&mut bench.core, &draft("ci/import"), &preset).unwrap();
    let (old, other) = (bench.token("ci/a"), bench.token("ci/b"));
    token::rotate(&mut bench.core, &at_once("ci/a"), &mut Sink::default()).unwrap();
    bench.revoke("ci/b");
    let snapshot = follow(&mut bench, &mut memory).unwrap();
    let asked = Asked::default();
    let import = Presented::parse(text).unwrap();
    for presented in [&import, &present(&old), &present(&other)] {
        let now = bench.now();
        let judged = snapshot.judge(now, presented, &asked).unwrap();
        assert_eq!(judged, judge(&mut bench.core, presented, &asked).unwrap());
    }
}

fn present(held: &Held) -> Presented {
    Presented::parse(held.token.encode(Encoding::Native).expose()).unwrap()
}

/// In whichever order the old and the new one are read.
#[test]
fn a_name_means_the_one_that_has_it_now() {
    let mut bench = TestStore::with_sample_data();
    let mut memory = Memory::new(usize::MAX);
    let held = bench.token("ci/a");
    let asked = Asked {
        environment: Some(p("test")),
        ..Asked::default()
    };
    bench.environment("test");
    for _ in 0..12 {
        follow(&mut bench, &mut memory).unwrap();
        environment::delete(&mut bench.core, &p("test")).unwrap();
        bench.environment("test");
        let snapshot = follow(&mut bench, &mut memory).unwrap();
        let now = bench.now();
        let judged = snapshot.judge(now, &held.token, &asked);
        assert!(!judged.unwrap().valid);
    }
}

#[test]
fn a_snapshot_is_good_until_something_changes_that_a_verdict_depends_on() {
    let mut bench = TestStore::with_sample_data();
    let mut memory = Memory::new(usize::MAX);
    let held = bench.token("ci/a");
    let snapshot = follow(&mut bench, &mut memory).unwrap();
    assert!(is_at(&mut bench, &snapshot));
    let verdict = bench.judge(&held, &Asked::default());
    touch(&mut bench.core, &verdict);
    assert!(snapshot.epoch() < bench.epoch(), "the premise");
    assert!(is_at(&mut bench, &snapshot), "a use");
    bench.connection("more");
    assert!(!is_at(&mut bench, &snapshot), "within the same second");
    let snapshot = follow(&mut bench, &mut memory).unwrap();
    bench.wait(DAY);
    assert!(is_at(&mut bench, &snapshot), "time alone");
    let written = bench.core.write(|w| {
        let name = p::<ProfileName>("ci").canonical();
        let id = w.find(Unique::Profile(&name))?.unwrap();
        let ci: Profile = w.require(id)?;
        w.put(id, &ci)
    });
    written.unwrap();
    assert!(!is_at(&mut bench, &snapshot), "a later time is known");
}

#[test]
fn what_no_verdict_depends_on_is_not_read() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/a");
    let mut memory = Memory::new(usize::MAX);
    let mut read = |bench: &mut TestStore| {
        let before = bench.backend.faults().rows();
        follow(bench, &mut memory).unwrap();
        bench.backend.faults().rows() - before
    };
    read(&mut bench);
    let nothing = read(&mut bench);
    let verdict = bench.judge(&held, &Asked::default());
    touch(&mut bench.core, &verdict);
    assert_eq!(read(&mut bench), nothing, "a use");
    bench.revoke("ci/a");
    assert!(read(&mut bench) > nothing);
}

#[test]
fn a_store_with_more_tokens_than_the_limit_is_not_remembered() {
    let mut bench = TestStore::with_sample_data();
    let mut memory = Memory::new(2);
    bench.token("ci/a");
    bench.token("ci/b");
    assert!(follow(&mut bench, &mut memory).is_some());
    bench.token("ci/c");
    assert!(follow(&mut bench, &mut memory).is_none());
    bench.revoke("ci/c");
    memory = Memory::new(2);
    assert!(
        follow(&mut bench, &mut memory).is_none(),
        "a tombstone counts"
    );
    bench.wait(DAY);
    let ended = token::Filter {
        which: token::StateFilter::Ended,
        ..token::Filter::default()
    };
    assert_eq!(token::prune(&mut bench.core, &ended).unwrap().len(), 1);
    memory = Memory::new(2);
    assert_eq!(follow(&mut bench, &mut memory).unwrap().tokens(), 2);
}

#[test]
fn an_environment_is_not_found_by_a_name_that_it_had() {
    let mut bench = TestStore::with_sample_data();
    let mut memory = Memory::new(usize::MAX);
    let held = bench.token("ci/a");
    bench.environment("test");
    let asked = Asked {
        environment: Some(p("test")),
        ..Asked::default()
    };
    let mut judged = |bench: &mut TestStore| {
        let snapshot = follow(bench, &mut memory).unwrap();
        snapshot.judge(bench.now(), &held.token, &asked)
    };
    assert!(!judged(&mut bench).unwrap().valid);
    environment::delete(&mut bench.core, &p("test")).unwrap();
    assert_eq!(kind(judged(&mut bench)), Kind::NotFound);
}
