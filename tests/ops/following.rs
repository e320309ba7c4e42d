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
    let judged = snapshot.judge(&bench.core.store, now, &held.token, &Asked::default());
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
