//! Last uses in a database: kept apart from the records, sealed, covered by no manifest.

use std::collections::BTreeMap;
use std::time::Duration;

use hallpass::backend::memory::MemoryBackend;
use hallpass::backend::{Backend as _, ObjId, Row};
use hallpass::barrier::{Source, State};
use hallpass::model::token::Use;
use hallpass::ops::profile;
use hallpass::ops::review::{Finding, Flaw, review};
use hallpass::ops::store::{self, Copy};
use hallpass::ops::token::{self, Filter};
use hallpass::ops::verify::{Asked, RecordUse, note, touch};

use super::fixture::{DAY, Held, TestStore, p};
use super::rotate::{in_a_day, rows as log_rows};

fn in_a_database() -> TestStore {
    let (backend, _line) = MemoryBackend::watched(|| Duration::ZERO);
    let mut bench = TestStore::on(backend);
    bench.connection("hr");
    bench.profile("ci", &["hr"]);
    bench
}

fn use_it(bench: &mut TestStore, held: &Held) {
    let verdict = bench.judge(held, &Asked::default());
    assert!(verdict.valid);
    touch(&mut bench.core, &verdict);
}

fn rows(bench: &TestStore) -> BTreeMap<ObjId, Row> {
    bench.backend.last_uses()
}

#[test]
fn a_use_changes_neither_the_epoch_nor_the_version_nor_any_other_row() {
    let mut bench = in_a_database();
    let held = bench.token("ci/a");
    assert_eq!(bench.show("ci/a").used, Use::Never);
    let before = (bench.backend.tables(), bench.backend.version().unwrap());
    let start = bench.now();
    use_it(&mut bench, &held);
    assert_eq!(
        (bench.backend.tables(), bench.backend.version().unwrap()),
        before
    );
    assert_eq!(rows(&bench).len(), 1);
    let shown = bench.show("ci/a");
    assert_eq!((shown.used, shown.last_used_at), (Use::Known, Some(start)));
}

#[test]
fn a_use_is_written_at_most_once_a_minute_and_never_backwards() {
    let mut bench = in_a_database();
    let held = bench.token("ci/a");
    let early = bench.judge(&held, &Asked::default());
    use_it(&mut bench, &held);
    let (first, start) = (rows(&bench), bench.now());
    bench.wait(59);
    use_it(&mut bench, &held);
    assert_eq!(rows(&bench), first, "within the minute");
    bench.wait(1);
    use_it(&mut bench, &held);
    let second = rows(&bench);
    assert_ne!(second, first);
    assert_eq!(bench.show("ci/a").last_used_at, Some(bench.now()));
    touch(&mut bench.core, &early);
    bench.clock.set_back(3 * DAY);
    use_it(&mut bench, &held);
    assert_eq!(rows(&bench), second, "an earlier use that comes late");
    assert!(bench.show("ci/a").last_used_at > Some(start));
}

#[test]
fn of_several_uses_at_once_the_latest_counts() {
    let mut bench = in_a_database();
    let held = bench.token("ci/a");
    let mut uses = Vec::new();
    for wait in [0, 300, 0] {
        bench.wait(wait);
        let verdict = bench.judge(&held, &Asked::default());
        uses.push(verdict.record_use().unwrap().clone());
    }
    uses.rotate_right(1);
    uses.swap(0, 1);
    note(&mut bench.core, &uses).unwrap();
    assert_eq!(bench.show("ci/a").last_used_at, Some(bench.now()));
}

#[test]
fn everything_that_shows_a_last_use_shows_it() {
    let mut bench = in_a_database();
    let held = bench.token("ci/a");
    bench.token("ci/b");
    bench.wait(100 * DAY);
    use_it(&mut bench, &held);
    let used = Some(bench.now());
    let listed = bench.tokens(&Filter::default());
    let of = |name: &str| {
        let found = listed.iter().find(|it| it.name.to_string() == name);
        found.unwrap().last_used_at
    };
    assert_eq!((of("a"), of("b")), (used, None));
    let of_ci = Filter {
        profile: Some(p("ci")),
        ..Filter::default()
    };
    let listed = bench.tokens(&of_ci);
    assert!(listed.iter().any(|it| it.last_used_at == used));
    let ci = profile::show(&mut bench.core, &p("ci")).unwrap();
    assert_eq!(ci.last_used_at, used);
    let all = profile::list(&mut bench.core).unwrap();
    assert_eq!(all[0].last_used_at, used);
    let unused = Filter {
        unused_for: Some(p("90d")),
        ..Filter::default()
    };
    let listed = bench.tokens(&unused);
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].name.to_string(), "b");
    let found = review(&mut bench.core).unwrap().findings;
    let idle = |it: &&Finding| matches!(it.id, Flaw::TokenUnused | Flaw::TokenNeverUsed);
    let idle: Vec<_> = found.iter().filter(idle).collect();
    assert_eq!(idle.len(), 1);
    assert!(format!("{:?}", idle[0].subject).contains("ci/b"));
    let gone = token::revoke(&mut bench.core, &unused, None).unwrap();
    assert_eq!(gone.len(), 1);
    let kept = token::revoke(&mut bench.core, &Filter::default(), None).unwrap();
    assert_eq!(
        kept[0].summary.last_used_at, used,
        "what was revoked is shown with it"
    );
}

#[test]
fn the_uses_of_what_replaced_a_token_and_of_what_it_replaced_are_shown() {
    let mut bench = in_a_database();
    let old = bench.token("ci/laptop");
    let (new, before) = in_a_day(&mut bench, "ci/laptop");
    bench.wait(3600);
    use_it(&mut bench, &old);
    let first = Some(bench.now());
    bench.wait(3600);
    use_it(&mut bench, &new);
    let second = Some(bench.now());
    let shown = bench.show("ci/laptop");
    assert_eq!(
        (shown.last_used_at, shown.predecessor_last_used_at),
        (second, first)
    );
    assert_eq!(shown.predecessor_used, Some(Use::Known));
    let shown = bench.show(&before.id.to_string());
    assert_eq!(
        (shown.last_used_at, shown.successor_last_used_at),
        (first, second)
    );
    assert_eq!(shown.successor_used, Some(Use::Known));
}

#[test]
fn the_late_use_of_a_token_that_was_replaced_is_in_the_audit_log() {
    let mut bench = in_a_database();
    let old = bench.token("ci/laptop");
    let (new, _) = in_a_day(&mut bench, "ci/laptop");
    bench.wait(DAY);
    let late = bench.judge(&old, &Asked::default());
    let valid = bench.judge(&new, &Asked::default());
    let uses = [&late, &valid].map(|it| it.record_use().unwrap().clone());
    assert_eq!(uses.each_ref().map(RecordUse::is_audited), [true, false]);
    let (epoch, logged) = (bench.epoch(), log_rows(&mut bench));
    note(&mut bench.core, &uses).unwrap();
    assert_eq!(
        (bench.epoch(), log_rows(&mut bench)),
        (epoch + 1, logged + 1)
    );
    assert_eq!(rows(&bench).len(), 1);
    assert_eq!(bench.show("ci/laptop").last_used_at, Some(bench.now()));
}

#[test]
fn a_list_reads_the_uses_of_all_its_tokens_together() {
    let mut bench = in_a_database();
    for n in 0..8 {
        let held = bench.token(&format!("ci/t{n}"));
        use_it(&mut bench, &held);
    }
    let calls = |bench: &TestStore| {
        let calls = bench.backend.faults().calls_by_method();
        ["uses_of", "use_range"].map(|name| calls.get(name).copied().unwrap_or_default())
    };
    let of_ci = Filter {
        profile: Some(p("ci")),
        ..Filter::default()
    };
    let before = calls(&bench);
    assert_eq!(bench.tokens(&of_ci).len(), 8);
    let after = calls(&bench);
    assert_eq!([after[0] - before[0], after[1] - before[1]], [1, 0]);
    profile::show(&mut bench.core, &p("ci")).unwrap();
    assert_eq!(calls(&bench)[0], after[0] + 1);
    let before = calls(&bench);
    assert_eq!(bench.tokens(&Filter::default()).len(), 8);
    let after = calls(&bench);
    // One range for each part of the store that has a token.
    assert_eq!(after[0], before[0]);
    assert!(after[1] - before[1] <= 8);
    let held = bench.token("ci/more");
    bench.judge(&held, &Asked::default());
    assert_eq!(calls(&bench), after, "a verdict asks for none");
}

#[test]
fn what_the_database_makes_of_the_rows_decides_nothing() {
    let mut bench = in_a_database();
    let [a, b] = ["ci/a", "ci/b"].map(|address| bench.token(address));
    let start = bench.now();
    use_it(&mut bench, &a);
    let old = rows(&bench);
    bench.wait(DAY);
    use_it(&mut bench, &a);
    use_it(&mut bench, &b);
    let new = rows(&bench);
    assert_eq!(new.len(), 2);
    let check = |bench: &mut TestStore| {
        bench.core.read(|r| r.check(&mut |_, _| ())).unwrap();
        for held in [&a, &b] {
            assert!(bench.judge(held, &Asked::default()).valid);
        }
        ["ci/a", "ci/b"].map(|address| bench.show(address).last_used_at)
    };
    let (now, before) = (Some(bench.now()), Some(start));
    assert_eq!(check(&mut bench), [now, now]);
    // Put back an older row: it is seen by nobody.
    bench.backend.replace_uses(old.clone());
    assert_eq!(check(&mut bench), [before, None]);
    let swapped = new.keys().copied().zip(new.values().rev().cloned());
    let broken = new.iter().map(|(id, row)| {
        let mut sealed = row.sealed.clone();
        sealed[30] ^= 1;
        (
            *id,
            Row {
                kid: row.kid,
                sealed,
            },
        )
    });
    let unknown_key = new.iter().map(|(id, row)| {
        let sealed = row.sealed.clone();
        (*id, Row { kid: 999, sealed })
    });
    let empty = new.keys().map(|id| {
        let sealed = Vec::new();
        (*id, Row { kid: 1, sealed })
    });
    let forged: [BTreeMap<_, _>; 4] = [
        swapped.collect(),
        broken.collect(),
        unknown_key.collect(),
        empty.collect(),
    ];
    for rows_there in forged {
        bench.backend.replace_uses(rows_there);
        assert_eq!(check(&mut bench), [None, None]);
        use_it(&mut bench, &a);
        assert_eq!(bench.show("ci/a").last_used_at, now, "it is written anew");
    }
}

#[test]
fn a_use_goes_with_its_token_and_none_comes_after_it() {
    let mut bench = in_a_database();
    let held = bench.token("ci/a");
    use_it(&mut bench, &held);
    bench.wait(DAY);
    let late = bench.judge(&held, &Asked::default());
    token::revoke(&mut bench.core, &Filter::default(), None).unwrap();
    assert_eq!(rows(&bench).len(), 1, "a tombstone keeps it");
    assert!(
        bench
            .show(&held.summary.id.to_string())
            .last_used_at
            .is_some()
    );
    bench.wait(DAY);
    let ended = Filter {
        which: token::StateFilter::Ended,
        ..Filter::default()
    };
    assert_eq!(token::prune(&mut bench.core, &ended).unwrap().len(), 1);
    assert!(rows(&bench).is_empty());
    touch(&mut bench.core, &late);
    assert!(rows(&bench).is_empty());
}

/// Copies a store, which is left behind, and goes on with the copy.
fn move_to(bench: &mut TestStore, target: MemoryBackend) {
    let state = State::off();
    let what = Copy {
        from: "here",
        to: "there",
        source: Source::Moved,
        state: &state,
    };
    let to = Box::new(target.clone());
    store::copy(&mut bench.core, to, &what, &mut |_, _| ()).unwrap();
    bench.move_to(target);
}

#[test]
fn a_copy_beside_its_source_has_the_last_uses_too() {
    let mut bench = in_a_database();
    let held = bench.token("ci/a");
    use_it(&mut bench, &held);
    let used = Some(bench.now());
    let (state, target) = (State::off(), MemoryBackend::new());
    let what = Copy {
        from: "here",
        to: "there",
        source: Source::Kept,
        state: &state,
    };
    let to = Box::new(target.clone());
    store::copy(&mut bench.core, to, &what, &mut |_, _| ()).unwrap();
    assert_eq!(rows(&bench).len(), 1);
    bench.wait(DAY);
    use_it(&mut bench, &held);
    let of_the_source = rows(&bench);
    bench.move_to(target);
    assert_eq!(bench.show("ci/a").last_used_at, used);
    // The same key opens them, but they are of another incarnation.
    bench.backend.replace_uses(of_the_source);
    assert_eq!(bench.show("ci/a").last_used_at, used);
}

#[test]
fn a_copy_has_the_last_uses_wherever_it_is() {
    let mut bench = in_a_database();
    let held = ["ci/a", "ci/b"].map(|address| bench.token(address));
    let never = bench.token("ci/c");
    use_it(&mut bench, &held[0]);
    let first = Some(bench.now());
    bench.wait(DAY);
    use_it(&mut bench, &held[1]);
    let second = Some(bench.now());
    let shown = |bench: &mut TestStore| {
        bench.core.read(|r| r.check(&mut |_, _| ())).unwrap();
        ["ci/a", "ci/b", "ci/c"].map(|address| bench.show(address).last_used_at)
    };
    // From a database into a file: part of the records.
    move_to(&mut bench, MemoryBackend::new());
    assert!(rows(&bench).is_empty());
    assert_eq!(shown(&mut bench), [first, second, None]);
    // From a file into a database: the records keep theirs, and the later counts.
    let (backend, _line) = MemoryBackend::watched(|| Duration::ZERO);
    move_to(&mut bench, backend);
    assert!(rows(&bench).is_empty());
    assert_eq!(shown(&mut bench), [first, second, None]);
    bench.wait(DAY);
    use_it(&mut bench, &held[0]);
    use_it(&mut bench, &never);
    let third = Some(bench.now());
    assert_eq!(rows(&bench).len(), 2);
    assert_eq!(shown(&mut bench), [third, second, third]);
    // From one database into another: old rows mean nothing in the new incarnation.
    let (backend, _line) = MemoryBackend::watched(|| Duration::ZERO);
    let old = rows(&bench);
    move_to(&mut bench, backend);
    assert_eq!(shown(&mut bench), [third, second, third]);
    bench.wait(DAY);
    use_it(&mut bench, &held[1]);
    let fourth = Some(bench.now());
    assert_eq!(shown(&mut bench), [third, fourth, third]);
    bench.backend.replace_uses(old);
    assert_eq!(shown(&mut bench), [third, second, third]);
}
