use std::str::FromStr;

use tempfile::TempDir;
use tokio::time::sleep;

use super::*;
use crate::http::gate::Closed;
use crate::http::monitoring::tests::{Kept, server};
use crate::http::postman::Postbox;
use crate::http::profit::backlog::tests::job;
use crate::http::profit::codes::tests::Flow;
use crate::model::audit::Actor;
use crate::ops::edit::IfThere;
use crate::ops::otp::Claim;
use crate::ops::{connection, environment, profile};

/// Longer than anything takes here.
const LONG: Duration = Duration::from_mins(5);

fn p<T: FromStr>(text: &str) -> T {
    text.parse().ok().unwrap()
}

/// A server whose clerk is at work.
fn at_work() -> (Arc<App>, Arc<Kept>, TempDir) {
    let (app, log, folder) = server(AccessLog::On);
    tokio::spawn(work_off(Arc::clone(&app)));
    (app, log, folder)
}

/// Something is wrong with the store.
fn close(app: &App) {
    let why = Error::Integrity("row 7".to_owned());
    app.judge.gate.looked(Some(Closed::by(why.kind(), &why)));
}

/// The kind of each event about requests for codes, or what a request came to.
fn events(log: &Kept) -> Vec<String> {
    let lines = log.lines();
    let lines = lines.iter().filter_map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let event = line["event"].as_str()?.strip_prefix("code_request")?;
        let what = if event == "_failed" { "kind" } else { "reason" };
        Some(format!("{event} {}", line[what].as_str()?))
    });
    lines.collect()
}

#[tokio::test(start_paused = true)]
async fn each_request_has_its_time_but_at_the_end_of_the_server() {
    let (app, log, _folder) = at_work();
    let begun = Instant::now();
    let three =
        |app: &App| (0..3).for_each(|_| assert!(app.profit.backlog.add(job(Work::TurnAway))));
    three(&app);
    assert_eq!(app.profit.worked_off(LONG).await, 0);
    let all = Duration::from_millis(50) + 2 * SLOT;
    assert!(begun.elapsed() >= all, "{:?}", begun.elapsed());
    sleep(SLOT).await;
    let begun = Instant::now();
    app.life.end();
    three(&app);
    assert_eq!(app.profit.worked_off(LONG).await, 0);
    assert!(begun.elapsed() < SLOT, "{:?}", begun.elapsed());
    assert_eq!(events(&log), [" unknown"; 6]);
}

#[tokio::test(start_paused = true)]
async fn a_request_waits_until_the_store_is_right_again() {
    let (app, log, _folder) = at_work();
    close(&app);
    assert!(app.profit.backlog.add(job(Work::TurnAway)));
    sleep(BUSY / 2).await;
    assert!(events(&log).is_empty());
    app.judge.gate.looked(None);
    assert_eq!(app.profit.worked_off(LONG).await, 0);
    assert_eq!(events(&log), [" unknown"]);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_waited_for_long_fails_and_the_log_says_so() {
    let (app, log, _folder) = at_work();
    close(&app);
    let begun = Instant::now();
    assert!(app.profit.backlog.add(job(Work::TurnAway)));
    assert_eq!(app.profit.worked_off(LONG).await, 0);
    assert!(begun.elapsed() > BUSY && begun.elapsed() < BUSY + 2 * PAUSE);
    assert_eq!(events(&log), ["_failed busy"]);
    let unavailable = "hallpass_verdicts_total{door=\"profit\",reason=\"unavailable\"} 1";
    let metrics = app.telemetry.metrics.text().unwrap();
    assert!(metrics.contains(unavailable), "{metrics}");
}

#[tokio::test(start_paused = true)]
async fn at_the_end_of_the_server_a_request_does_not_wait_for_the_store() {
    let (app, log, _folder) = at_work();
    close(&app);
    let begun = Instant::now();
    assert!(app.profit.backlog.add(job(Work::TurnAway)));
    app.life.end();
    assert_eq!(app.profit.worked_off(LONG).await, 0);
    assert!(begun.elapsed() < PAUSE);
    assert_eq!(events(&log), ["_failed busy"]);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_meets_damage_is_not_tried_again() {
    let (app, log, folder) = at_work();
    let store = rusqlite::Connection::open(folder.path().join("store.db")).unwrap();
    store.execute("DELETE FROM man", []).unwrap();
    let begun = Instant::now();
    assert!(app.profit.backlog.add(job(Work::TurnAway)));
    assert_eq!(app.profit.worked_off(LONG).await, 0);
    assert!(begun.elapsed() < PAUSE);
    assert_eq!(events(&log), ["_failed integrity"]);
}

#[tokio::test(start_paused = true)]
async fn without_an_access_log_no_request_is_logged() {
    let (app, log, _folder) = at_work();
    assert!(app.profit.backlog.add(Job {
        access_log: AccessLog::Off,
        ..job(Work::TurnAway)
    }));
    assert_eq!(app.profit.worked_off(LONG).await, 0);
    assert!(events(&log).is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_mail_of_a_code_is_handed_in_at_once() {
    let flow = Flow::new().await;
    let (postbox, orders) = Postbox::new();
    let mut app = App::clone(&flow.app);
    app.postbox = postbox;
    let app = Arc::new(app);
    tokio::spawn(work_off(Arc::clone(&app)));
    assert!(app.profit.backlog.add(job(Work::Ask {
        claim: flow.posted("ci", "").claim().unwrap(),
        device: None,
        asked_from: None,
    })));
    assert_eq!(app.profit.worked_off(LONG).await, 0);
    assert_eq!(orders.mails(), 1);
}

/// Connection `hr` and a profile without an address, which gets no code; what is asked about it.
fn mute(core: &mut Core) -> Result<Claim> {
    let mut hr = connection::Draft::new(p("hr"));
    hr.group = Some(p("staff"));
    connection::add(core, &hr, IfThere::Refuse)?;
    let mut mute = profile::Draft::new(p("mute"));
    mute.connections = vec![p("hr")];
    mute.groups = vec![p("staff")];
    profile::add(core, &mute, IfThere::Refuse)?;
    Ok(Claim {
        api_key: connection::show(core, &p("hr"))?.api_key,
        environment_key: environment::default(core)?.key,
        user: p("mute"),
    })
}

/// A refusal costs a transaction five times a second, whoever is refused.
#[tokio::test(start_paused = true)]
async fn refusals_cost_a_transaction_if_they_do_not_come_too_often() {
    let (app, _, _folder) = server(AccessLog::On);
    let call = |core: &mut Core| {
        let claim = mute(core)?;
        let before = core.read(|r| Ok(r.epoch()))?;
        let budgets = Budgets::default();
        // What was let through when it came is not counted again.
        for _ in 0..8 {
            let call = Actor::default().into();
            decide(core, &budgets, Work::TurnAway, call)?;
        }
        assert_eq!(core.read(|r| Ok(r.epoch()))?, before + 8);
        for user in ["mute", "nobody"] {
            let budgets = Budgets::default();
            let work = Work::Ask {
                claim: Claim {
                    user: p(user),
                    ..claim.clone()
                },
                device: None,
                asked_from: None,
            };
            for number in 0..8 {
                let before = core.read(|r| Ok(r.epoch()))?;
                let decided = decide(core, &budgets, work.clone(), Actor::default().into())?;
                assert!(decided.made.is_none());
                let reason = decided.facts.reason;
                let expected = if user == "mute" { "refused" } else { "unknown" };
                assert_eq!(reason, Some(expected), "{user} {number}");
                let cost = core.read(|r| Ok(r.epoch()))? - before;
                assert_eq!(cost, u64::from(number < 5), "{user} {number}");
            }
        }
        Ok(())
    };
    app.pool.run(Actor::default().into(), call).await.unwrap();
}
