//! While the database answers.

use super::*;
use crate::http::monitoring::tests::server;
use crate::http::options::AccessLog;
use crate::model::token::{Encoding, Token};

const FOREIGN: &str = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";

#[tokio::test]
async fn a_verdict_makes_no_call_of_the_database() {
    let site = Site::new("30s");
    let calls = site.calls();
    assert_eq!(site.verify().await, 204);
    let unknown = Token::zero().encode(Encoding::Hex);
    assert_eq!(site.verify_token(unknown.expose()).await, 401);
    assert_eq!(site.verify_token(FOREIGN).await, 401);
    let bearer = format!("Bearer {}", site.token);
    let of_another = site.ask("GET", "/verify?connection=none", Some(&bearer), "");
    assert_eq!(of_another.await, 403);
    assert_eq!(site.ready().await, 200);
    assert_eq!(site.calls(), calls);
}

#[tokio::test]
async fn what_another_machine_revokes_is_refused_once_it_was_seen() {
    let mut site = Site::new("30s");
    site.revoke();
    assert_eq!(site.verify().await, 204, "the premise: it was not seen");
    assert_eq!(site.step(), Step::Changed);
    assert_eq!(site.verify().await, 401);
    assert_eq!(site.step(), Step::Same);
    assert_eq!(site.verify().await, 401);
}

#[tokio::test]
async fn a_token_that_another_machine_makes_is_valid_once_it_was_seen() {
    let mut site = Site::new("30s");
    let other = site.issue("other");
    assert_eq!(site.verify_token(&other).await, 401, "the premise");
    site.step();
    assert_eq!(site.verify_token(&other).await, 204);
}

/// A commit that comes between the answer and the reading is read, and is seen again by the next
/// step.
#[tokio::test]
async fn what_is_committed_while_a_change_is_read_is_in_place_after_the_next_step() {
    let mut site = Site::new("30s");
    site.change("q");
    let mut other = sibling(&site.core, &site.clock, &site.backend);
    site.line.meanwhile(move || revoke(&mut other));
    assert_eq!(site.step(), Step::Changed);
    assert_eq!(site.step(), Step::Changed);
    assert_eq!(site.verify().await, 401);
    assert_eq!(site.step(), Step::Same);
}

/// Until all is read, verdicts are transactions of their own, and the doors are open.
#[tokio::test]
async fn before_all_is_in_memory_each_verdict_reads_the_database() {
    let mut site = Site::of("30s", usize::MAX, PATIENCE);
    assert_eq!(site.step(), Step::Changed);
    assert!(site.app.judge.snapshot().is_none(), "the premise");
    assert_eq!(site.verify().await, 204);
    site.revoke();
    assert_eq!(site.verify().await, 401, "it counts for the next request");
    site.load();
    site.change("q");
    assert_eq!(site.step(), Step::Changed);
    let calls = site.calls();
    assert_eq!(site.verify().await, 401);
    assert_eq!(site.calls(), calls);
}

/// What was read into memory may be older than what was seen meanwhile: verdicts are made of it only
/// after a step, which knows how new it is.
#[tokio::test]
async fn what_was_read_before_a_commit_that_was_seen_serves_nobody() {
    let mut site = Site::of("30s", usize::MAX, PATIENCE);
    site.load();
    site.revoke();
    assert_eq!(site.verify().await, 401);
    assert_eq!(site.step(), Step::Changed);
    let calls = site.calls();
    assert_eq!(site.verify().await, 401);
    assert_eq!(site.calls(), calls, "the premise: it is in memory");
}

#[tokio::test]
async fn a_store_that_has_grown_too_large_is_read_for_each_verdict() {
    let mut site = Site::of("30s", 1, PATIENCE);
    site.load();
    site.step();
    assert!(site.app.judge.snapshot().is_some(), "the premise");
    site.issue("other");
    site.step();
    assert!(site.app.judge.snapshot().is_none());
    assert_eq!(site.logged("too_large"), 1);
    assert_eq!(site.verify().await, 204);
    site.revoke();
    assert_eq!(site.verify().await, 401);
    // There is no grace: nothing is in memory that could be used meanwhile.
    site.clock.pass(1_001);
    assert_eq!((site.verify().await, site.ready().await), (503, 503));
    site.step();
    assert_eq!((site.verify().await, site.ready().await), (401, 200));
    site.line.set(LineState::Cut);
    assert_eq!(site.verify().await, 503);
}

#[tokio::test]
async fn the_metrics_of_a_database_are_there_only_if_there_is_one() {
    let mut site = Site::new("30s");
    let traffic = site.follower.freshness.traffic().clone();
    traffic.flew();
    traffic.flew();
    traffic.retried();
    traffic.lost_an_outcome();
    site.clock.pass(1_500);
    let (_, text) = site.monitor("/metrics").await;
    for line in [
        "hallpass_database_up 1",
        "hallpass_database_staleness_seconds 1.5",
        "hallpass_database_flights_total 2",
        "hallpass_database_retries_total 1",
        "hallpass_database_unknown_outcomes_total 1",
    ] {
        assert!(text.lines().any(|own| own == line), "{line}\n{text}");
    }
    site.line.set(LineState::Cut);
    site.step();
    let (_, text) = site.monitor("/metrics").await;
    assert!(text.contains("hallpass_database_up 0\n"), "{text}");
    let (file, _, _folder) = server(AccessLog::Off);
    let text = file.telemetry.metrics.text().unwrap();
    assert!(!text.contains("database"), "{text}");
}
