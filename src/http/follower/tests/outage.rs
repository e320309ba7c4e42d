//! While the database does not answer.

use arc_swap::ArcSwap;

use super::*;
use crate::http::accept::Entrance;
use crate::http::crowd::Crowd;
use crate::http::event::Seldom;
use crate::http::reload;
use crate::http::serving::Serving;

/// The line is cut for so many milliseconds; a step fails.
fn away(site: &mut Site, milliseconds: u64) {
    site.line.set(LineState::Cut);
    site.clock.pass(milliseconds);
    assert_eq!(site.step(), Step::Failed);
}

#[tokio::test]
async fn it_answers_within_the_grace_and_not_after_it_until_the_database_is_back() {
    for (grace, most) in [("30s", 31_000), ("0", 1_000), ("5m", 301_000)] {
        let mut site = Site::new(grace);
        away(&mut site, most);
        assert_eq!((site.verify().await, site.ready().await), (204, 200));
        assert_eq!(site.logged("database_away"), 1);
        assert_eq!(site.logged("closed"), 0);
        away(&mut site, 1);
        away(&mut site, 0);
        let answers = (site.verify().await, site.ready().await);
        assert_eq!(answers, (503, 503), "{grace}");
        assert_eq!(site.logged("database_away"), 1);
        assert_eq!(site.logged("closed"), 1);
        let (_, text) = site.monitor("/readyz?verbose").await;
        assert!(text.contains("watcher: stale"), "{text}");
        site.line.set(LineState::Up);
        assert_eq!(site.verify().await, 503, "it was not asked yet");
        assert_eq!(site.step(), Step::Same);
        assert_eq!((site.verify().await, site.ready().await), (204, 200));
        assert_eq!(site.logged("database_back"), 1);
        assert_eq!(site.logged("open"), 1);
        let wishes = site.wishes.try_iter().count();
        assert_eq!(wishes, 0, "nothing was wrong with the store");
    }
}

/// Also if nobody takes a step any more: the clock alone decides.
#[tokio::test]
async fn a_watch_that_hangs_closes_every_door_after_the_grace() {
    let site = Site::new("30s");
    site.line.set_watch(LineState::Hung);
    let Site {
        mut follower,
        line,
        clock,
        app,
        ..
    } = site;
    let hanging = thread::spawn(move || {
        let step = follower.step(MOST);
        (follower, step)
    });
    // Its question is the last one that is sent before time passes.
    while line.waiting() == 0 {
        thread::yield_now();
    }
    let is_open = || {
        (
            app.judge.gate.is_open(),
            app.telemetry.health.checks().ready(),
        )
    };
    clock.pass(31_000);
    assert_eq!(is_open(), (true, true));
    clock.pass(1);
    assert_eq!(is_open(), (false, false));
    assert!(!hanging.is_finished(), "the premise");
    line.set(LineState::Up);
    let (mut follower, _) = hanging.join().unwrap();
    follower.step(MOST);
    assert_eq!(is_open(), (true, true));
}

#[tokio::test]
async fn a_late_answer_is_as_old_as_its_question() {
    let mut site = Site::new("0");
    let clock = site.clock.clone();
    site.change("q");
    site.line.meanwhile(move || clock.pass(900));
    assert_eq!(site.step(), Step::Changed);
    site.clock.pass(100);
    assert_eq!(site.verify().await, 204);
    site.clock.pass(1);
    assert_eq!((site.verify().await, site.ready().await), (503, 503));
}

/// What is committed counts as seen only once it is in place.
#[tokio::test]
async fn a_change_that_was_seen_and_could_not_be_read_renews_nothing() {
    let mut site = Site::new("0");
    site.clock.pass(1_000);
    site.revoke();
    let away = || Fault::Storage("away".into());
    site.backend.faults().fail_method("begin", 1, away);
    assert_eq!(site.step(), Step::Failed);
    assert_eq!(
        site.verify().await,
        204,
        "the premise: the old state is served"
    );
    site.clock.pass(1);
    assert_eq!((site.verify().await, site.ready().await), (503, 503));
    assert_eq!(site.step(), Step::Changed);
    assert_eq!((site.verify().await, site.ready().await), (401, 200));
}

#[tokio::test]
async fn what_was_revoked_meanwhile_is_refused_as_soon_as_the_database_is_back() {
    let mut site = Site::new("30s");
    // The server alone is cut off.
    site.line.set_watch(LineState::Cut);
    site.revoke();
    site.clock.pass(31_000);
    assert_eq!(site.step(), Step::Failed);
    assert_eq!(site.verify().await, 204, "the price of the grace");
    site.line.set_watch(LineState::Up);
    assert_eq!(site.step(), Step::Changed);
    assert_eq!(site.verify().await, 401);
}

/// The first three need no more than what is in memory. The others read or write.
#[tokio::test]
async fn doors_that_write_have_no_grace_and_keep_nobody_waiting() {
    let mut site = Site::new("30s");
    site.set_password();
    let answers = site.every_door().await;
    let open = [204, 200, 200, 200, 200, 200, 201, 200];
    let statuses = answers.iter().map(|(_, status)| *status);
    assert!(statuses.eq(open), "the premise: {answers:?}");
    let moment = Duration::from_millis(50);
    for (state, patience) in [(LineState::Cut, PATIENCE), (LineState::Hung, moment)] {
        let site = Site::of("30s", usize::MAX, patience).filled();
        site.line.set(state);
        let answers = timeout(Duration::from_secs(30), site.every_door()).await;
        // Before anything fails: threads would hang.
        site.line.set(LineState::Up);
        let answers = answers.unwrap();
        let in_memory = [("/verify", 204), ("/authz/-/-/x", 200), ("/self", 200)];
        assert_eq!(answers[..3], in_memory, "{state:?}");
        for (path, status) in &answers[3..] {
            assert_eq!(*status, 503, "{path}, {state:?}");
        }
        assert_eq!(site.ready().await, 200);
        assert_eq!(site.logged("closed"), 0, "an outage is not damage");
    }
}

#[tokio::test]
async fn after_the_grace_every_door_is_closed() {
    let mut site = Site::new("30s");
    away(&mut site, 31_001);
    site.line.set(LineState::Up);
    for (path, status) in site.every_door().await {
        assert_eq!(status, 503, "{path}");
    }
}

/// A password is compared with what the database has.
#[tokio::test]
async fn a_password_is_not_accepted_while_the_database_is_away() {
    let mut site = Site::new("30s");
    site.set_password();
    let credential = data_encoding::BASE64.encode(format!("p:{PASSWORD}").as_bytes());
    let credential = format!("Basic {credential}");
    let by_password = || site.ask("GET", "/verify", Some(&credential), "");
    assert_eq!(by_password().await, 204);
    site.line.set(LineState::Cut);
    assert_eq!(by_password().await, 503);
    assert_eq!(site.verify().await, 204);
}

#[tokio::test]
async fn a_reload_changes_the_grace() {
    let mut site = Site::new("5m");
    away(&mut site, 60_000);
    assert_eq!(site.verify().await, 204);
    let entrance = Arc::new(Entrance {
        current: ArcSwap::from_pointee(Serving::new((*site.app).clone()).unwrap()),
        crowd: Arc::new(Crowd::new(1)),
        host: Arc::clone(&site.app.host),
        seldom: Seldom::default(),
    });
    // To the default.
    reload::settings(&entrance).await;
    assert_eq!(site.logged("reloaded"), 1);
    assert_eq!((site.verify().await, site.ready().await), (503, 503));
}

/// It asks again soon, and ends when it is told to, also while the database is away.
#[test]
fn a_follower_takes_up_the_database_by_itself_and_can_be_stopped() {
    let site = Site::new("30s");
    let (stop, stopped) = channel();
    let (ended, has_ended) = channel();
    site.line.set(LineState::Cut);
    site.clock.pass(31_001);
    let judge = Arc::clone(&site.app.judge);
    let Site {
        follower,
        line,
        kept,
        ..
    } = site;
    thread::spawn(move || {
        follower.run(&stopped);
        ended.send(()).unwrap();
    });
    let until = |is_so: &dyn Fn() -> bool| {
        let begun = Instant::now();
        while !is_so() {
            assert!(begun.elapsed() < Duration::from_secs(30));
            thread::sleep(Duration::from_millis(1));
        }
    };
    until(&|| kept.lines().iter().any(|line| line.contains("closed")));
    assert!(!judge.gate.is_open());
    line.set(LineState::Up);
    until(&|| judge.gate.is_open());
    line.set(LineState::Cut);
    drop(stop);
    has_ended.recv_timeout(Duration::from_secs(30)).unwrap();
}
