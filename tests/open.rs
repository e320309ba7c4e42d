//! Opening a store, more than once, and answering several callers with it.

use hallpass::error::History;
use std::path::Path;
use std::thread;

use hallpass::Error;
use hallpass::backend::location::Location;
use hallpass::backend::options::OpenOptions;
use hallpass::barrier::{KdfLimits, State, Unlock};
use hallpass::clock::FixedClock;
use hallpass::model::audit::{Actor, Remote};
use hallpass::model::time::Time;
use hallpass::open::Opening;
use hallpass::ops::audit::{Filter, all, choose};
use hallpass::ops::edit::IfThere;
use hallpass::ops::{Core, Request, profile};
use tempfile::TempDir;

use crate::support::core::{NOON, context, found};
use crate::support::private_folder;

/// A store in a file, and how it is opened.
fn store() -> (TempDir, Opening, Core) {
    let folder = private_folder();
    let opening = opening(folder.path(), "store.db");
    let draft = opening.location.create(&opening.options).unwrap();
    let clock = FixedClock::new(Time::from_seconds(NOON));
    let (core, key) = found(draft, &opening.state, context(clock));
    drop(core);
    let secret = Unlock::KeyFile(key);
    let core = opening
        .open(&secret, &KdfLimits::default(), context(clock))
        .unwrap();
    (folder, opening, core)
}

fn opening(folder: &Path, name: &str) -> Opening {
    let path = folder.join(name);
    Opening {
        location: Location::File(path.clone()),
        options: OpenOptions::default(),
        state: State::of(&folder.join("state"), &path),
        adopt: true,
    }
}

fn draft(name: &str) -> profile::Draft {
    profile::Draft::new(name.parse().unwrap())
}

#[test]
fn siblings_need_no_secret_and_see_what_the_others_change() {
    const SIBLINGS: usize = 3;
    let (_folder, opening, mut core) = store();
    let clock = FixedClock::new(Time::from_seconds(NOON));
    let siblings: Vec<Core> = (0..SIBLINGS)
        .map(|_| opening.sibling(&core, context(clock)).unwrap())
        .collect();
    thread::scope(|scope| {
        for (n, mut sibling) in siblings.into_iter().enumerate() {
            scope.spawn(move || {
                profile::add(&mut sibling, &draft(&format!("p{n}")), IfThere::Refuse).unwrap();
                // It reads what it wrote, whatever the others do meanwhile.
                profile::show(&mut sibling, &format!("p{n}").parse().unwrap()).unwrap();
            });
        }
    });
    assert_eq!(profile::list(&mut core).unwrap().len(), SIBLINGS);
}

#[test]
fn a_sibling_of_another_store_is_refused() {
    let (_folder, _, core) = store();
    let (_other_folder, other, _) = store();
    let clock = FixedClock::new(Time::from_seconds(NOON));
    let refused = other.sibling(&core, context(clock));
    assert!(matches!(
        refused.err(),
        Some(Error::History(History::Substituted(_)))
    ));
}

#[test]
fn a_sibling_is_held_to_the_anchor_too() {
    let (folder, opening, mut core) = store();
    let path = folder.path().join("store.db");
    let older = std::fs::read(&path).unwrap();
    profile::add(&mut core, &draft("later"), IfThere::Refuse).unwrap();
    core.store.checkpoint().unwrap();
    std::fs::write(&path, older).unwrap();
    let clock = FixedClock::new(Time::from_seconds(NOON));
    let mut sibling = opening.sibling(&core, context(clock)).unwrap();
    let refused = profile::list(&mut sibling).unwrap_err();
    assert!(
        matches!(refused, Error::History(History::Rollback { .. })),
        "{refused}"
    );
}

#[test]
fn each_call_is_logged_as_its_own_actors_and_judged_at_its_own_time() {
    let (_folder, _, mut core) = store();
    let later = Time::from_seconds(NOON + 60);
    let remote = Actor::Remote(Remote {
        address: "192.0.2.7".parse().unwrap(),
        profile: None,
        token: None,
        request_id: Some("r-1".parse().unwrap()),
    });
    core.begin(Request {
        actor: remote.clone(),
        now: Some(later),
    });
    assert_eq!(core.now(), later);
    profile::add(&mut core, &draft("remote"), IfThere::Refuse).unwrap();
    core.begin(Actor::default());
    assert_eq!(core.now(), Time::from_seconds(NOON));
    profile::add(&mut core, &draft("local"), IfThere::Refuse).unwrap();
    let mut seen = Vec::new();
    let choice = choose(&mut core, &Filter::default()).unwrap();
    all(&mut core, &choice, &mut |record| {
        seen.push((record.entry.actor.clone(), record.entry.at));
        Ok(())
    })
    .unwrap();
    let last_two = &seen[seen.len() - 2..];
    assert_eq!(last_two[0], (remote, later));
    assert_eq!(last_two[1], (Actor::default(), Time::from_seconds(NOON)));
}
