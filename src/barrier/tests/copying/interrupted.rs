//! Copies that are interrupted, and repeated.

use super::*;
use crate::backend::memory::Around;

/// Has a call of the store, or of the target, fail.
type Inject<'a> = &'a dyn Fn(&TestStore, &MemoryBackend, u64);

/// Copies once for each call that can fail, and once more each time. Returns how many there are.
fn interrupt(side: &str, inject: Inject<'_>, alters: bool) -> u64 {
    for n in 1.. {
        let (held, target) = (filled(), MemoryBackend::new());
        inject(&held, &target, n);
        let interrupted = copy(&held, &target);
        held.backend.faults().clear();
        target.faults().clear();
        let Err(error) = interrupted else {
            return n - 1;
        };
        assert_eq!(error.kind(), Kind::Storage, "{side} {n}: {error}");
        let is_finished = target.tables().man.contains_key(&0);
        let is_left = held.backend.tables().hdr[&1][12] == 1;
        assert!(
            is_finished || !is_left,
            "{side} {n}: the only store was left"
        );
        if !is_finished {
            ensure_no_store(&held, &target);
            if alters {
                alter(&held);
            }
        }
        let mut before = held.backend.tables();
        if is_left {
            before.log.pop_last();
        }
        match copy(&held, &target) {
            Ok(begun) => assert_eq!(begun == Begun::Finished, is_finished, "{side} {n}"),
            Err(error) => {
                assert!(is_left, "{side} {n}: {error}");
                assert!(error.to_string().ends_with("moved to /the/target"));
            }
        }
        ensure_moved(&held, &before, &target);
    }
    unreachable!()
}

/// Nothing but another run opens a copy that is not finished.
fn ensure_no_store(held: &TestStore, target: &MemoryBackend) {
    let backend = Box::new(target.clone());
    let limits = KdfLimits::default();
    let opened = Store::open(backend, &held.secret(), &limits, &State::off());
    let error = opened.err().expect("it is no store");
    assert_eq!(error.kind(), Kind::Corrupt);
    let begun = target.tables() != Tables::default();
    assert_eq!(
        error.to_string().contains("unfinished copy"),
        begun,
        "{error}"
    );
}

#[test]
fn a_copy_that_was_interrupted_at_any_transaction_goes_on() {
    for alters in [false, true] {
        let begins = interrupt(
            "begin",
            &|_, target, n| target.faults().fail_method("begin", n, killed),
            alters,
        );
        let commits = interrupt(
            "commit",
            &|_, target, n| target.faults().fail_method("commit", n, killed),
            alters,
        );
        assert!(commits > 8, "{commits} batches are few");
        assert!(begins > commits, "{begins}");
    }
}

#[test]
fn a_copy_whose_source_failed_at_any_transaction_goes_on() {
    let begins = interrupt(
        "source",
        &|held, _, n| held.backend.faults().fail_method("begin", n, killed),
        true,
    );
    assert!(begins > 3, "{begins}");
    let commits = interrupt(
        "source's commit",
        &|held, _, n| held.backend.faults().fail_method("commit", n, killed),
        false,
    );
    assert_eq!(commits, 1);
}

#[test]
fn a_commit_that_seemed_to_fail_is_found() {
    // At the target: each batch, and the one that finishes the copy.
    let mut order = 0;
    let after = |held: &TestStore, target: &MemoryBackend, n: u64, at_source: bool| {
        let faults = if at_source {
            held.backend.faults()
        } else {
            target.faults()
        };
        if n == 1 {
            faults.fail_commit(Around::After, killed);
        }
    };
    for at_source in [false, true] {
        order += interrupt(
            "after the commit",
            &|held, target, n| after(held, target, n, at_source),
            false,
        );
    }
    assert_eq!(order, 2);
}
