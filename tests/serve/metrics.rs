//! Metrics.

use std::thread;
use std::time::{Duration, Instant};

use super::Running;
use super::openmetrics::{Sample, parse, value};
use crate::support::test_home::TestHome;

fn scrape(server: &Running) -> Vec<Sample> {
    let reply = server.monitor("/metrics");
    assert_eq!(reply.status, 200);
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!(reply.field("content-type"), Some(content_type));
    assert_eq!(reply.field("cache-control"), Some("no-store"));
    parse(reply.text())
}

#[test]
fn a_scrape_counts_what_was_answered() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let server = Running::start(&home, &[]);
    for _ in 0..3 {
        assert_eq!(server.verify(&token).status, 204);
    }
    assert_eq!(server.ask("GET /verify", &[]).status, 401);
    assert_eq!(server.ask("GET /elsewhere", &[]).status, 404);
    let samples = scrape(&server);
    let of = |name: &str, labels: &[(&str, &str)]| value(&samples, name, labels);
    let verdicts = |reason| {
        of(
            "hallpass_verdicts_total",
            &[("door", "verify"), ("reason", reason)],
        )
    };
    assert_eq!((verdicts("valid"), verdicts("none")), (3.0, 1.0));
    let requests = |route, code| {
        of(
            "hallpass_http_requests_total",
            &[("route", route), ("code", code)],
        )
    };
    assert_eq!(requests("/verify", "204"), 3.0);
    assert_eq!(requests("/verify", "401"), 1.0);
    assert_eq!(requests("none", "404"), 1.0);
    let count = "hallpass_http_request_duration_seconds_count";
    assert_eq!(of(count, &[("route", "/verify")]), 4.0);
    let version = [("version", env!("CARGO_PKG_VERSION"))];
    assert_eq!(of("hallpass_build_info", &version), 1.0);
    // Scrapes are not requests.
    let again = scrape(&server);
    let same = value(&again, count, &[("route", "none")]);
    assert_eq!(same, of(count, &[("route", "none")]));
}

#[test]
fn a_scrape_has_the_figures_of_the_store_and_the_process() {
    let home = TestHome::with_sample_data();
    home.token(&["github/week", "--expires", "3d"]);
    home.token(&["github/month", "--expires", "20d"]);
    home.token(&["github/gone", "--expires", "12h"]);
    home.done(&["token", "revoke", "github/gone", "--yes"]);
    let server = Running::start(&home, &[]);
    let samples = scrape(&server);
    let of = |name: &str, labels: &[(&str, &str)]| value(&samples, name, labels);
    let tokens = |state| of("hallpass_tokens", &[("state", state)]);
    assert_eq!(
        (tokens("active"), tokens("revoked"), tokens("pending")),
        (2.0, 1.0, 0.0)
    );
    let expiring = |within| of("hallpass_tokens_expiring", &[("within", within)]);
    assert_eq!(
        (expiring("1d"), expiring("7d"), expiring("30d")),
        (0.0, 1.0, 2.0)
    );
    let epoch = home.json(&["status"])["epoch"].as_f64().unwrap();
    assert_eq!(of("hallpass_store_epoch", &[]), epoch);
    assert_eq!(of("hallpass_mail_queue", &[]), 0.0);
    assert!(of("hallpass_anchor_age_seconds", &[]) < 3600.0);
    assert!(of("process_open_fds", &[]) >= 5.0);
    assert!(of("process_open_fds", &[]) < of("process_max_fds", &[]));
    let resident = of("process_resident_memory_bytes", &[]);
    assert!(resident > 1e6 && resident < of("process_virtual_memory_bytes", &[]));
    assert!(of("process_start_time_seconds", &[]) > 1.6e9);
    assert!(of("process_cpu_seconds_total", &[]) > 0.0);
    // Nothing is known of these, and a zero would be an alarm.
    for absent in [
        "hallpass_mail_oldest_timestamp_seconds",
        "hallpass_tls_certificate_expiry",
    ] {
        assert!(!samples.iter().any(|sample| sample.name.starts_with(absent)));
    }
}

#[test]
fn the_figures_follow_the_store_within_seconds() {
    let home = TestHome::with_sample_data();
    let server = Running::start(&home, &[]);
    let active = || value(&scrape(&server), "hallpass_tokens", &[("state", "active")]);
    assert_eq!(active(), 0.0);
    home.token(&["github/laptop"]);
    let begun = Instant::now();
    while active() != 1.0 {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "the figures stay old"
        );
        thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn tokens_have_series_only_if_asked_for() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let id = &token[..17];
    let labels = [("token", id), ("result", "passed")];
    let server = Running::start(&home, &["--metrics-per-token"]);
    server.verify(&token);
    let samples = scrape(&server);
    assert_eq!(
        value(&samples, "hallpass_token_verdicts_total", &labels),
        1.0
    );
    drop(server);
    let server = Running::start(&home, &[]);
    server.verify(&token);
    let text = server.monitor("/metrics").body;
    assert!(!String::from_utf8(text).unwrap().contains("hpass_"));
}

#[test]
fn the_doors_have_no_metrics_and_the_metrics_no_doors() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let server = Running::start(&home, &[]);
    for path in ["/metrics", "/livez", "/readyz", "/healthz"] {
        assert_eq!(
            server.ask(&format!("GET {path}"), &[]).status,
            404,
            "{path}"
        );
        assert_eq!(server.monitor(path).status, 200, "{path}");
    }
    assert_eq!(server.verify(&token).status, 204);
    assert_eq!(server.monitor("/verify").status, 404);
}
