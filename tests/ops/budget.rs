//! What a try at a password costs, whoever it is for (T17, T19, T20).

use std::collections::BTreeMap;

use hallpass::backend::Fault;
use hallpass::model::name::ProfileName;
use hallpass::ops::password::{self, LOCKED_AFTER};
use hallpass::ops::profile;
use hallpass::secret::SecretText;
use hallpass::{Error, Kind};
use rustix::time::{ClockId, clock_gettime};

use super::fixture::{TestStore, kind, p};

const GOOD: &str = "umbrella-vortex-lantern-88";

fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

/// Profiles `ci`, which has a password, and `bare`, which has none.
fn bench() -> TestStore {
    let mut bench = TestStore::with_sample_data();
    bench.profile("bare", &[]);
    password::set(&mut bench.core, &p("ci"), &secret(GOOD)).unwrap();
    bench
}

fn wrong(bench: &mut TestStore, name: &str) -> Result<password::PasswordVerdict, Error> {
    password::verify(&mut bench.core, &p(name), &secret("wrong"))
}

/// A try of which the debit is committed and nothing else: the program is stopped there.
fn stopped(bench: &mut TestStore, name: &str) {
    bench
        .backend
        .faults()
        .fail_method("begin", 3, || Fault::Storage("killed".into()));
    assert_eq!(kind(wrong(bench, name)), Kind::Storage);
}

fn failures(bench: &mut TestStore) -> u32 {
    profile::show(&mut bench.core, &p("ci")).unwrap().failures
}

/// What a try asks of the storage, and changes there: transactions, and rows by table.
fn cost(bench: &mut TestStore, name: &str) -> (u64, BTreeMap<&'static str, u64>) {
    let epoch = |bench: &mut TestStore| bench.core.read(|r| Ok(r.epoch())).unwrap();
    let before = epoch(bench);
    let calls = bench.backend.faults().calls_by_method();
    drop(wrong(bench, name));
    let mut after = bench.backend.faults().calls_by_method();
    for (method, count) in &mut after {
        *count -= calls.get(method).unwrap_or(&0);
    }
    let written = [
        "begin", "commit", "obj_put", "idx_put", "man_put", "log_put", "hdr_put",
    ];
    after.retain(|method, count| written.contains(method) && *count > 0);
    (epoch(bench) - before, after)
}

#[test]
fn a_try_costs_the_same_whether_or_not_there_is_anything_to_try() {
    let mut bench = bench();
    let known = cost(&mut bench, "ci");
    assert_eq!(known.0, 2, "a debit and its outcome");
    let rows = |method| known.1.get(method).copied();
    assert_eq!(
        (rows("begin"), rows("commit")),
        (Some(4), Some(2)),
        "{known:?}"
    );
    assert_eq!(
        (rows("obj_put"), rows("log_put")),
        (Some(1), Some(1)),
        "{known:?}"
    );
    for n in 0..50 {
        assert_eq!(cost(&mut bench, &format!("nobody{n}")), known);
    }
    assert_eq!(cost(&mut bench, "bare"), known);
    while failures(&mut bench) < 5 {
        stopped(&mut bench, "ci");
    }
    assert!(matches!(wrong(&mut bench, "ci"), Err(Error::Throttled(_))));
    let early = cost(&mut bench, "ci");
    let noted = [("begin", 2), ("commit", 1), ("log_put", 1), ("man_put", 1)];
    assert_eq!(
        early,
        (1, BTreeMap::from(noted)),
        "one that comes too early"
    );
    while failures(&mut bench) < LOCKED_AFTER {
        bench.wait(900);
        stopped(&mut bench, "ci");
    }
    assert!(matches!(wrong(&mut bench, "ci"), Err(Error::Locked(_))));
    assert_eq!(cost(&mut bench, "ci"), early, "one at a locked profile");
}

/// The processor time of this thread, in nanoseconds: what others do meanwhile is not in it.
fn work(bench: &mut TestStore, name: &str) -> i64 {
    let now = || {
        let at = clock_gettime(ClockId::ThreadCPUTime);
        at.tv_sec * 1_000_000_000 + at.tv_nsec
    };
    let start = now();
    drop(wrong(bench, name));
    now() - start
}

/// The short form of T19: a hash that is left out, or made twice, is a factor of two at the least. How
/// much work it is counts, not how long it took; and as other threads make memory slow at times, the least of several tries.
#[test]
fn a_try_is_as_much_work_whether_or_not_there_is_anything_to_try() {
    let mut bench = bench();
    let names = ["ci", "nobody", "bare"];
    let mut least_work = names.map(|_| i64::MAX);
    for _ in 0..7 {
        bench.wait(900);
        for (best, name) in least_work.iter_mut().zip(names) {
            *best = work(&mut bench, name).min(*best);
        }
    }
    let (least, most) = (
        least_work.iter().min().unwrap(),
        least_work.iter().max().unwrap(),
    );
    assert!(*least * 3 > *most * 2, "{least_work:?}");
}

/// Two hundred ways to write one name.
fn spellings(name: &str) -> Vec<ProfileName> {
    let spelled = (0..200_u32).map(|n| {
        let mixed = name.char_indices().map(|(at, c)| {
            if n >> at & 1 == 1 {
                c.to_ascii_uppercase()
            } else {
                c
            }
        });
        mixed.collect::<String>()
    });
    spelled.map(|name| p(&name)).collect()
}

#[test]
fn all_spellings_of_a_name_share_one_counter() {
    let mut bench = TestStore::new();
    bench.profile("integration", &[]);
    password::set(&mut bench.core, &p("integration"), &secret(GOOD)).unwrap();
    let unlock = profile::Edits {
        unlock: true,
        ..profile::Edits::default()
    };
    for some in spellings("integration").chunks(LOCKED_AFTER as usize) {
        for (n, name) in (1..).zip(some) {
            stopped(&mut bench, name.as_str());
            let shown = profile::show(&mut bench.core, &p("integration")).unwrap();
            assert_eq!(shown.failures, n, "{name}");
            bench.wait(900);
        }
        let tried = password::verify(&mut bench.core, &some[0], &secret(GOOD));
        assert!(matches!(tried, Err(Error::Locked(_))), "{tried:?}");
        profile::edit(&mut bench.core, &some[1], &unlock).unwrap();
    }
    for name in [
        " integration",
        "integration ",
        "ｉntegration",
        "integratıon",
    ] {
        assert!(
            name.parse::<ProfileName>().is_err(),
            "{name:?} is another name, or none"
        );
    }
}

/// Stopped at any call to the storage, a try is either spent, or was not begun: what is compared is
/// debited already.
#[test]
fn a_try_that_is_stopped_anywhere_is_spent_before_it_is_compared() {
    let mut bench = bench();
    let calls = bench.backend.faults().calls();
    assert!(!wrong(&mut bench, "ci").unwrap().valid);
    let all = bench.backend.faults().calls() - calls;
    let debited = {
        // The calls of the first transaction, up to its commit.
        let before = bench.backend.faults().calls();
        stopped(&mut bench, "ci");
        bench.backend.faults().calls() - before - 1
    };
    assert!(debited < all);
    for nth in 1..=all {
        bench.wait(900);
        let before = failures(&mut bench);
        bench
            .backend
            .faults()
            .fail_call(nth, || Fault::Storage("killed".into()));
        let tried = wrong(&mut bench, "ci");
        bench.backend.faults().clear();
        let spent = failures(&mut bench) - before;
        assert!(tried.is_err() || spent == 1, "call {nth}: {tried:?}");
        assert_eq!(
            spent,
            u32::from(nth > debited),
            "call {nth} of {debited} and {all}"
        );
    }
}
