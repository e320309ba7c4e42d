//! What no grace is for: the database answers, and there is something wrong with the store.

use super::*;

/// Takes a step that finds something wrong: every door is closed at once.
async fn closes(site: &mut Site, kind: &str) {
    assert_eq!((site.verify().await, site.ready().await), (204, 200));
    assert_eq!(site.step(), Step::Failed);
    for (path, status) in site.every_door().await {
        assert_eq!(status, 503, "{path}");
    }
    assert_eq!(site.ready().await, 503);
    let kind = format!("\"kind\":\"{kind}\"");
    let lines = site.kept.lines();
    let is_why = |line: &String| line.contains("\"closed\"") && line.contains(&kind);
    assert!(lines.iter().any(is_why), "{lines:?}");
}

/// Takes a step that finds all well again, and has everything checked.
async fn opens(site: &mut Site) {
    assert_ne!(site.step(), Step::Failed);
    assert!(site.wishes.try_iter().any(|wish| wish == Wish::Now));
    site.check();
    assert_eq!((site.verify().await, site.ready().await), (204, 200));
}

#[tokio::test]
async fn an_older_state_is_refused_at_once_and_the_newer_one_is_served_again() {
    let mut site = Site::new("5m");
    let old = site.backend.tables();
    site.change("q");
    site.step();
    let newest = site.backend.tables();
    site.backend.restore(old);
    closes(&mut site, "rollback").await;
    assert_eq!(site.step(), Step::Failed, "again");
    site.backend.restore(newest);
    opens(&mut site).await;
}

/// Also if the database is away afterwards: what was found does not become an outage.
#[tokio::test]
async fn an_older_state_is_refused_while_the_database_is_away() {
    let mut site = Site::new("5m");
    let old = site.backend.tables();
    site.change("q");
    site.step();
    site.backend.restore(old);
    closes(&mut site, "rollback").await;
    site.line.set(LineState::Cut);
    assert_eq!(site.step(), Step::Failed);
    assert_eq!((site.verify().await, site.ready().await), (503, 503));
}

#[tokio::test]
async fn another_branch_is_refused_at_once() {
    let mut site = Site::new("5m");
    let common = site.backend.tables();
    site.change("one");
    let ours = site.backend.tables();
    site.step();
    site.backend.restore(common);
    site.change("two");
    assert_ne!(site.backend.tables(), ours, "the premise");
    closes(&mut site, "fork").await;
    site.backend.restore(ours);
    opens(&mut site).await;
}

#[tokio::test]
async fn a_row_that_does_not_verify_is_refused_at_once_until_all_was_checked() {
    let mut site = Site::new("5m");
    let before = site.backend.tables();
    site.change("q");
    let after = site.backend.tables();
    let flip = |tables: &mut Tables| {
        let is_new = |id: &&[u8; 16]| !before.obj.contains_key(*id);
        let id = *after.obj.keys().find(is_new).unwrap();
        tables.obj.get_mut(&id).unwrap().sealed[30] ^= 1;
    };
    site.backend.tamper(flip);
    closes(&mut site, "integrity").await;
    site.backend.restore(after);
    assert_ne!(site.step(), Step::Failed);
    assert_eq!(site.verify().await, 503, "the rest was not checked");
    site.check();
    assert_eq!((site.verify().await, site.ready().await), (204, 200));
}

#[tokio::test]
async fn a_store_that_is_gone_is_refused_at_once() {
    let mut site = Site::new("5m");
    site.change("q");
    let gone = || Fault::Missing("hallpass".into());
    site.backend.faults().fail_method("begin", 1, gone);
    closes(&mut site, "not_found").await;
}

/// Damage that a call meets closes every door; that the database is away closes none.
#[tokio::test]
async fn what_a_call_meets_closes_the_doors_only_if_it_is_damage() {
    let site = Site::new("5m");
    let gate = &site.app.judge.gate;
    gate.met(&Fault::Storage("away".into()).into());
    assert_eq!(site.verify().await, 204);
    gate.met_by_call(&Error::History(History::Rollback { found: 1, seen: 2 }));
    assert_eq!((site.verify().await, site.ready().await), (503, 503));
}
