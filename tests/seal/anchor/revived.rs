//! Nothing that was revoked or pruned is revived by an older file, a restore or an accepted rollback.

use std::fs;

use hallpass::Kind;
use hallpass::backend::sqlite::OpenOptions;
use hallpass::barrier::{Acceptance, State};
use hallpass::clock::FixedClock;
use hallpass::model::time::Time;
use hallpass::model::token::{TokenAddress, TokenState, Use};
use hallpass::ops::token::{Filter, StateFilter};
use hallpass::ops::{profile, store, token};

use super::{anchor_file, ask, kind};
use crate::seal::attack_store::{AttackStore, NOW};

#[test]
fn an_accepted_rollback_does_not_revive_what_was_revoked() {
    let lab = AttackStore::new();
    let old = lab.bytes();
    let mut core = lab.open().unwrap();
    let name: TokenAddress = "ci/laptop".parse().unwrap();
    token::revoke(&mut core, &[name.into()], None).unwrap();
    let newer = {
        core.store.checkpoint().unwrap();
        drop(core);
        lab.sweep();
        lab.bytes()
    };
    let revoked = ask(&lab).unwrap();
    assert!(revoked.contains("\"revoked\""));
    lab.put(&old);
    assert_eq!(kind(ask(&lab)), Kind::Rollback);
    let mut core = lab.open().unwrap();
    assert_eq!(
        store::accept(&mut core, Acceptance::Rollback)
            .unwrap()
            .revoked_again,
        1
    );
    drop(core);
    let verdicts = |answer: String| {
        answer
            .lines()
            .filter(|l| l.contains("\"valid\":true"))
            .count()
    };
    assert_eq!(verdicts(ask(&lab).unwrap()), verdicts(revoked));
    lab.put(&newer);
    assert_eq!(
        kind(ask(&lab)),
        Kind::Fork,
        "the lost history never comes back"
    );
}

#[test]
fn a_restore_asks_the_store_that_it_replaces_what_was_revoked() {
    let lab = AttackStore::new();
    let mut core = lab.open().unwrap();
    let backup = lab.folder().join("b.db");
    store::back_up(&mut core, &backup, &OpenOptions::default(), &mut |_| ()).unwrap();
    drop(core);
    // Without an anchor nothing outside the store knows of this.
    let mut core = lab.open_with(&State::off()).unwrap();
    let name: TokenAddress = "ci/laptop".parse().unwrap();
    token::revoke(&mut core, &[name.into()], None).unwrap();
    drop(core);
    let present = Some(AttackStore::backend(&lab.path()));
    let (mut core, restored) = lab.restore(&backup, present, &lab.state()).unwrap();
    assert_eq!(restored.carried.revoked_again, 1);
    // What was used between the backup and now, nobody knows any more.
    let name: TokenAddress = "sync/a".parse().unwrap();
    let shown = token::show(&mut core, &name.into()).unwrap();
    assert_eq!((shown.used, shown.last_used_at), (Use::Unknown, None));
}

#[test]
fn what_was_pruned_is_not_revived_by_an_older_backup() {
    let lab = AttackStore::new();
    let mut core = lab.open().unwrap();
    let backup = lab.folder().join("b.db");
    store::back_up(&mut core, &backup, &OpenOptions::default(), &mut |_| ()).unwrap();
    let name: TokenAddress = "ci/laptop".parse().unwrap();
    token::revoke(&mut core, &[name.into()], None).unwrap();
    profile::delete(&mut core, &"sync".parse().unwrap()).unwrap();
    drop(core);
    // Nothing but the pruning itself may be what is remembered.
    let tombstones = fs::read_dir(lab.folder().join("state/anchors")).unwrap();
    let tombstones = tombstones.map(|it| it.unwrap().path());
    let tombstones = tombstones.filter(|it| it.extension().is_some_and(|it| it == "revoked"));
    tombstones.for_each(|it| fs::remove_file(it).unwrap());
    let later = Time::from_seconds(NOW.seconds() + 40 * 86_400);
    let mut core = lab.open().unwrap();
    core.clock = Box::new(FixedClock::new(later));
    let ended_for = Some("30d".parse().unwrap());
    let ended = Filter {
        which: StateFilter::Ended,
        ended_for,
        ..Filter::default()
    };
    let pruned = token::prune(&mut core, &ended).unwrap();
    let ids: Vec<_> = pruned.iter().map(|it| it.id).collect();
    assert_eq!(ids.len(), 3, "{pruned:?}");
    drop(core);
    let (mut core, restored) = lab.restore(&backup, None, &lab.state()).unwrap();
    assert_eq!(
        restored.carried.revoked_again, 3,
        "two tokens and a profile: {restored:?}"
    );
    for id in ids {
        let shown = token::show(&mut core, &TokenAddress::Id(id).into()).unwrap();
        assert_eq!(shown.state, TokenState::Revoked, "{shown:?}");
    }
    store::check(&mut core, &mut |_, _| ()).unwrap();
}

#[test]
fn a_restore_that_was_refused_is_not_expected_any_more() {
    let lab = AttackStore::new();
    let mut core = lab.open().unwrap();
    let backup = lab.folder().join("b.db");
    store::back_up(&mut core, &backup, &OpenOptions::default(), &mut |_| ()).unwrap();
    lab.ask(&mut core).unwrap();
    // `core` still has the store open.
    let refused = lab.restore(&backup, None, &lab.state());
    assert_eq!(refused.err().unwrap().kind(), Kind::Busy);
    let anchor = fs::read(anchor_file(&lab)).unwrap();
    assert!(
        anchor.iter().skip(8192).all(|byte| *byte == 0),
        "an announcement is left"
    );
    assert!(anchor.len() > 8192, "the premise: it was announced");
    drop(core);
}
