//! Snapshots follow the store: nothing that verdicts depend on is missed.

use hallpass::Kind;
use hallpass::backend::Fault;
use hallpass::barrier::List;
use hallpass::model::environment::Environment;
use hallpass::model::verdict::Reason;
use hallpass::ops::verify::Asked;
use hallpass::ops::verify::snapshot::{Memory, Snapshot};

use super::fixture::{Held, TestStore, kind};

fn snapshot(bench: &mut TestStore, memory: &mut Memory) -> Snapshot {
    bench.core.read(|r| memory.refresh(r)).unwrap().unwrap()
}

fn reason(bench: &mut TestStore, snapshot: &Snapshot, held: &Held) -> Reason {
    let now = bench.core.now();
    let judged = snapshot.judge(now, &held.token, &Asked::default());
    judged.unwrap().reason
}

/// As a wrong password does.
fn write_without_an_audit_row(bench: &mut TestStore) {
    let written = bench.core.write(|w| {
        let id = w.at(List::Environments, 0)?;
        let environment: Environment = w.require(id)?;
        w.put(id, &environment)
    });
    written.unwrap();
}

#[test]
fn a_later_time_alone_outdates_a_snapshot() {
    let mut bench = TestStore::with_sample_data();
    let mut memory = Memory::new(usize::MAX);
    let old = snapshot(&mut bench, &mut memory);
    write_without_an_audit_row(&mut bench);
    assert!(bench.core.read(|r| Ok(old.is_at(r))).unwrap());
    bench.wait(7);
    write_without_an_audit_row(&mut bench);
    assert!(!bench.core.read(|r| Ok(old.is_at(r))).unwrap());
    let new = snapshot(&mut bench, &mut memory);
    assert!(bench.core.read(|r| Ok(new.is_at(r))).unwrap());
}

#[test]
fn after_an_error_an_earlier_state_is_read_as_it_is() {
    let mut bench = TestStore::with_sample_data();
    let names: Vec<_> = (0..8).map(|n| format!("ci/t{n}")).collect();
    let held: Vec<_> = names.iter().map(|name| bench.token(name)).collect();
    let earlier = bench.backend.tables();
    for name in &names {
        bench.revoke(name);
    }
    let later = bench.backend.tables();
    let mut was_between = false;
    for nth in 1.. {
        bench.backend.restore(earlier.clone());
        let mut memory = Memory::new(usize::MAX);
        snapshot(&mut bench, &mut memory);
        bench.backend.restore(later.clone());
        let broken = || Fault::Storage("broken".into());
        bench.backend.faults().fail_method("obj_range", nth, broken);
        let read = bench.core.read(|r| memory.refresh(r).map(drop));
        if read.is_ok() {
            bench.backend.faults().clear();
            break;
        }
        was_between |= nth > 1;
        assert_eq!(kind(read), Kind::Storage);
        bench.backend.restore(earlier.clone());
        let again = snapshot(&mut bench, &mut memory);
        for held in &held {
            assert_eq!(reason(&mut bench, &again, held), Reason::Valid, "{nth}");
        }
    }
    assert!(was_between, "the premise: an error came after some buckets");
    bench.backend.restore(later);
}

/// A store with some tokens, and what their verdicts are.
fn with_tokens() -> (TestStore, Vec<(Held, Reason)>) {
    let mut bench = TestStore::with_sample_data();
    let held = (0..40).map(|n| {
        let name = format!("ci/t{n}");
        let held = bench.token(&name);
        if n % 3 == 0 {
            bench.revoke(&name);
            return (held, Reason::Revoked);
        }
        (held, Reason::Valid)
    });
    let held = held.collect();
    (bench, held)
}

#[track_caller]
fn judges(bench: &mut TestStore, memory: &mut Memory, expected: &[(Held, Reason)]) {
    let snapshot = snapshot(bench, memory);
    assert_eq!(snapshot.tokens(), expected.len());
    for (held, expected) in expected {
        assert_eq!(reason(bench, &snapshot, held), *expected);
    }
}

#[test]
fn on_several_connections_the_same_is_read_as_on_one() {
    let (mut bench, expected) = with_tokens();
    for count in [1, 2, 3, 8] {
        let mut memory = Memory::new(usize::MAX);
        let mut others: Vec<_> = (0..count).map(|_| bench.beside()).collect();
        assert!(memory.fill(&mut others).unwrap());
        let reads = |bench: &TestStore| bench.backend.faults().calls_by_method()["obj_range"];
        let before = reads(&bench);
        judges(&mut bench, &mut memory, &expected);
        assert_eq!(reads(&bench), before, "nothing is read twice");
    }
    // With none, everything is left to the connection that follows.
    let mut memory = Memory::new(usize::MAX);
    assert!(memory.fill(&mut []).unwrap());
    judges(&mut bench, &mut memory, &expected);
}

#[test]
fn what_changed_meanwhile_is_read_again() {
    let (mut bench, mut expected) = with_tokens();
    let mut memory = Memory::new(usize::MAX);
    let mut others: Vec<_> = (0..3).map(|_| bench.beside()).collect();
    // Each at another state.
    for (n, other) in others.iter_mut().enumerate() {
        assert!(memory.fill(std::slice::from_mut(other)).unwrap());
        let changed = 3 * n + 1;
        bench.revoke(&format!("ci/t{changed}"));
        expected[changed].1 = Reason::Revoked;
    }
    judges(&mut bench, &mut memory, &expected);
    // Also if the state is an earlier one.
    let earlier = bench.backend.tables();
    bench.revoke("ci/t31");
    let mut memory = Memory::new(usize::MAX);
    assert!(memory.fill(&mut [bench.beside()]).unwrap());
    bench.backend.restore(earlier);
    judges(&mut bench, &mut memory, &expected);
}

#[test]
fn with_more_tokens_than_the_limit_reading_stops() {
    let (bench, expected) = with_tokens();
    for (limit, fits) in [
        (expected.len(), true),
        (expected.len() - 1, false),
        (1, false),
    ] {
        let mut memory = Memory::new(limit);
        let mut others = [bench.beside(), bench.beside()];
        assert_eq!(memory.fill(&mut others).unwrap(), fits, "{limit}");
    }
}

#[test]
fn an_error_on_one_connection_is_told_and_the_rest_is_read_later() {
    let (mut bench, expected) = with_tokens();
    for nth in [1, 5, 20] {
        let mut memory = Memory::new(usize::MAX);
        let mut others = [bench.beside(), bench.beside()];
        let broken = || Fault::Storage("broken".into());
        bench.backend.faults().fail_method("obj_range", nth, broken);
        assert_eq!(kind(memory.fill(&mut others)), Kind::Storage);
        judges(&mut bench, &mut memory, &expected);
    }
}
