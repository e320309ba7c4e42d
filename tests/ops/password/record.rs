//! What a profile and the log keep of a password that was set.

use hallpass::barrier::Unique;
use hallpass::crypto::kdf::Argon2Params;
use hallpass::crypto::{Key, phc};
use hallpass::entropy::OsEntropy;
use hallpass::model::audit::Entry;
use hallpass::model::name::ProfileName;
use hallpass::model::profile::Profile;

use super::*;
use crate::ops::audit::logged;
use crate::ops::fixture::Slow;
use crate::ops::meanwhile::Cut;

/// The record of `ci`.
fn record(bench: &mut TestStore) -> Profile {
    let name = p::<ProfileName>("ci").canonical();
    let read = bench.core.read(|r| {
        let id = r.find(Unique::Profile(&name))?.unwrap();
        r.require(id)
    });
    read.unwrap()
}

#[test]
fn a_profile_says_when_its_password_last_changed_and_which_were_generated() {
    let mut bench = with_password();
    assert!(record(&mut bench).generated.is_empty());
    for (step, generated) in [(None, 1), (Some(Step::Finish), 2)] {
        bench.wait(7);
        let mut pocket = Pocket::new(step);
        drop(password::set_generated(
            &mut bench.core,
            &p("ci"),
            &mut pocket,
        ));
        let after = record(&mut bench);
        assert_eq!(after.updated_at, bench.now(), "{step:?}");
        assert_eq!(after.generated.len(), generated);
    }
    bench.wait(7);
    password::set(&mut bench.core, &p("ci"), &secret(GOOD)).unwrap();
    let after = record(&mut bench);
    assert_eq!(after.updated_at, bench.now());
    assert_eq!(after.password.unwrap().set_at, bench.now());
    assert_eq!(after.generated.len(), 2);
}

#[test]
fn a_profile_says_when_its_old_password_came_back() {
    let mut bench = with_password();
    let before = record(&mut bench).password.unwrap();
    let mut cut = Cut(bench.another(), |other: &mut TestStore| other.wait(7));
    let failed = password::set_generated(&mut bench.core, &p("ci"), &mut cut);
    assert_eq!(kind(failed), Kind::Undelivered);
    let after = record(&mut bench);
    assert_eq!(after.updated_at, bench.now());
    assert_eq!(after.password.unwrap().phc, before.phc);
}

/// The hash of [`GOOD`] as an earlier version would have made it, in the place of the present one.
fn weaken(bench: &mut TestStore) -> String {
    let weak = Argon2Params {
        m_kib: 19 * 1024,
        t: 2,
        p: 1,
    };
    let (_, pepper) = bench
        .core
        .read(|r| {
            let (kid, pepper) = r.pepper(None)?;
            Ok((kid, Key::from_slice(pepper.expose()).unwrap()))
        })
        .unwrap();
    let phc = phc::hash_password(GOOD.as_bytes(), &pepper, &weak, &mut OsEntropy).unwrap();
    let changed = bench.core.write(|w| {
        let id = w
            .find(Unique::Profile(&p::<ProfileName>("ci").canonical()))?
            .unwrap();
        let mut profile: Profile = w.require(id)?;
        profile.password.as_mut().unwrap().phc.clone_from(&phc);
        w.put(id, &profile)
    });
    changed.unwrap();
    phc
}

#[test]
fn a_password_is_hashed_anew_where_it_is_right_and_its_hash_is_weaker_than_new_ones() {
    let mut bench = with_password();
    let phc = |bench: &mut TestStore| record(bench).password.unwrap().phc;
    let usual = phc(&mut bench);
    assert_eq!(cause(&mut bench, GOOD), Cause::Right);
    assert_eq!(phc(&mut bench), usual);
    let weak = weaken(&mut bench);
    assert_eq!(cause(&mut bench, "wrong"), Cause::Wrong);
    assert_eq!(phc(&mut bench), weak);
    assert_eq!(cause(&mut bench, GOOD), Cause::Right);
    let renewed = phc(&mut bench);
    let params = |phc: &str| phc.split('$').nth(3).unwrap().to_owned();
    assert_ne!(params(&renewed), params(&weak));
    assert_eq!(params(&renewed), params(&usual));
    assert_eq!(cause(&mut bench, GOOD), Cause::Right);
    assert_eq!(phc(&mut bench), renewed);
}

#[test]
fn the_log_says_how_many_failures_a_new_password_has_reset() {
    let mut bench = with_password();
    for _ in 0..2 {
        assert_eq!(cause(&mut bench, "wrong"), Cause::Wrong);
    }
    password::set(&mut bench.core, &p("ci"), &secret(GOOD)).unwrap();
    let set = logged(&mut bench, "password.set");
    let before = |n: usize| {
        let entry: &Entry = &set[n];
        entry.details.get("failures.before").map(String::as_str)
    };
    assert_eq!(set.len(), 2);
    assert_eq!([before(0), before(1)], [None, Some("2")]);
}

#[test]
fn a_profile_that_is_not_there_is_told_before_the_sink_is_looked_at() {
    let mut bench = TestStore::with_sample_data();
    let mut slow = Slow {
        unready: true,
        ..Slow::default()
    };
    let replaces = password::replaces(&mut bench.core, &p("nobody"), &mut slow);
    assert_eq!(kind(replaces), Kind::NotFound);
    let set = password::set_generated(&mut bench.core, &p("nobody"), slow.delivery());
    assert_eq!(kind(set), Kind::NotFound);
    let set = password::set_generated(&mut bench.core, &p("ci"), slow.delivery());
    assert_eq!(kind(set), Kind::Undelivered, "the premise");
}
