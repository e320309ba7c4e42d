//! Verdicts by what was verified before.

use hallpass::Error;
use hallpass::backend::Fault;
use hallpass::model::verdict::Reason;
use hallpass::ops::verify::{self, Asked};

use super::fixture::{Held, TestStore};

/// A core that remembers what it verifies, next to the store's own.
fn beside(bench: &TestStore) -> hallpass::ops::Core {
    let mut core = bench.beside();
    core.store.remember(1 << 20);
    core
}

fn reason(core: &mut hallpass::ops::Core, held: &Held) -> Reason {
    let verdict = verify::judge(core, &held.token, &Asked::default());
    verdict.unwrap().reason
}

#[test]
fn nothing_is_read_again_while_nothing_changes() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    let mut core = beside(&bench);
    assert_eq!(reason(&mut core, &held), Reason::Valid);
    let faults = bench.backend.faults();
    faults.fail_method("begin", 1, || Fault::Busy);
    assert_eq!(reason(&mut core, &held), Reason::Valid);
    // The fault was still to come: the next transaction has it.
    assert!(core.read(|r| Ok(r.epoch())).is_err());
}

#[test]
fn what_another_process_commits_counts_for_the_next_verdict() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    let other = bench.token("ci/other");
    let mut core = beside(&bench);
    for _ in 0..2 {
        assert_eq!(reason(&mut core, &held), Reason::Valid);
        assert_eq!(reason(&mut core, &other), Reason::Valid);
    }
    bench.revoke("ci/laptop");
    assert_eq!(reason(&mut core, &held), Reason::Revoked);
    assert_eq!(reason(&mut core, &other), Reason::Valid);
}

#[test]
fn a_state_that_is_another_by_now_is_read_from_its_beginning() {
    let mut bench = TestStore::with_sample_data();
    let known = bench.token("ci/known");
    let unread = bench.token("ci/unread");
    let mut core = beside(&bench);
    assert_eq!(reason(&mut core, &known), Reason::Valid);
    // The version says that nothing changed, but by the time that rows are needed, something has.
    bench
        .backend
        .faults()
        .fail_method("begin", 1, || Fault::Conflict);
    assert_eq!(reason(&mut core, &unread), Reason::Valid);
}

#[test]
fn rows_that_were_not_verified_before_are_verified_now() {
    let mut bench = TestStore::with_sample_data();
    let known = bench.token("ci/known");
    let unread = bench.token("ci/unread");
    let mut core = beside(&bench);
    assert_eq!(reason(&mut core, &known), Reason::Valid);
    let old = bench.backend.tables().obj;
    bench.revoke("ci/unread");
    let newest = bench.backend.tables();
    bench.backend.tamper(|tables| tables.obj = old);
    let judged = verify::judge(&mut core, &unread.token, &Asked::default());
    assert!(matches!(judged, Err(Error::Integrity(_))), "{judged:?}");
    bench.backend.restore(newest);
}
