//! The access log.

use std::io::{Read as _, Write as _};

use serde_json::Value;

use super::{Reply, Running};
use crate::support::test_home::TestHome;

/// The fields of a line, in their order.
const FIELDS: [&str; 12] = [
    "time",
    "door",
    "route",
    "method",
    "status",
    "reason",
    "token",
    "profile",
    "connection",
    "client",
    "request_id",
    "us",
];

fn is_answer(line: &Value) -> bool {
    line.get("status").is_some()
}

#[test]
fn a_line_has_these_fields_and_no_others() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let server = Running::start(&home, &[]);
    server.verify(&token);
    let line = server.line(is_answer);
    let mut names: Vec<&String> = line.as_object().unwrap().keys().collect();
    let mut expected = FIELDS.to_vec();
    names.sort();
    expected.sort_unstable();
    assert_eq!(names, expected);
    assert!(line["time"].as_str().unwrap().ends_with('Z'));
    assert_eq!(line["door"], "verify");
    assert_eq!(line["route"], "/verify");
    assert_eq!(line["method"], "GET");
    assert_eq!(line["status"], 204);
    assert_eq!(line["reason"], "valid");
    assert_eq!(line["token"], &token[..17]);
    assert_eq!(line["profile"], "github");
    assert_eq!(line["client"], "127.0.0.1");
    assert_eq!(line["request_id"].as_str().unwrap().len(), 32);
    assert!(line["us"].as_u64().unwrap() > 0);
}

#[test]
fn an_untrusted_peer_does_not_choose_the_id() {
    let home = TestHome::with_sample_data();
    let server = Running::start(&home, &[]);
    server.ask("GET /verify", &[("X-Request-Id", "chosen")]);
    assert_ne!(server.line(is_answer)["request_id"], "chosen");
}

#[test]
fn a_trusted_peer_names_a_request_unless_that_is_a_secret() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let server = Running::start(&home, &["--trust-proxy", "127.0.0.1/32"]);
    server.ask("GET /verify", &[("X-Request-Id", "chosen:1")]);
    assert_eq!(server.line(is_answer)["request_id"], "chosen:1");
    server.ask("GET /verify", &[("X-Request-Id", &token)]);
    let line = server.line(is_answer);
    assert!(!line.to_string().contains("hpass_"), "{line}");
}

#[test]
fn no_secret_gets_into_the_log_or_the_metrics_whatever_carries_it() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let secret = &token[17..];
    let server = Running::start(&home, &[]);
    let carried = |name: &'static str| vec![(name, token.as_str())];
    let get = |path: String| format!("GET {path}");
    let requests = [
        (get(format!("/{token}")), vec![]),
        (get(format!("/verify/{token}")), vec![]),
        (get(format!("/verify?{token}")), vec![]),
        (get(format!("/verify?connection={token}")), vec![]),
        (get(format!("/verify?{token}={token}")), vec![]),
        (get(format!("/authz/{token}/{token}/x?{token}")), vec![]),
        (format!("{token} /verify"), vec![]),
        (get(format!("http://{token}/verify")), vec![]),
        (get("/verify".to_owned()), carried("User-Agent")),
        (get("/verify".to_owned()), carried("Referer")),
        (get("/verify".to_owned()), carried("Cookie")),
        (get("/verify".to_owned()), carried("X-Request-Id")),
        (get("/verify".to_owned()), carried("X-Forwarded-For")),
        (get("/verify".to_owned()), carried("X-Api-Key")),
        (get("/verify".to_owned()), carried("Authorization")),
        (get("/verify".to_owned()), carried("Host")),
        (get("/verify".to_owned()), vec![(token.as_str(), "x")]),
    ];
    let mut answered = 0;
    for (request, fields) in &requests {
        let mut stream = server.connect();
        let mut head = format!("{request} HTTP/1.1\r\n");
        if !fields.iter().any(|(name, _)| *name == "Host") {
            head.push_str("Host: localhost\r\n");
        }
        for (name, value) in fields {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let reply = Reply::read(&mut stream, false);
        answered += usize::from(reply.status != 400);
        assert!(!format!("{reply:?}").contains(secret), "{request}");
    }
    // Lines that are not HTTP at all.
    for line in [
        format!("{token}\r\n\r\n"),
        format!("GET {token} {token}\r\n\r\n"),
    ] {
        let mut stream = server.connect();
        stream.write_all(line.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // The server closes the connection, and may reset it.
        let _ = stream.read_to_end(&mut answer);
        assert!(!String::from_utf8_lossy(&answer).contains(secret), "{line}");
    }
    server.ask("GET /the-last", &[]);
    // What is not found in this many lines is in none.
    assert!(answered >= 14, "{answered}");
    for _ in 0..=answered {
        let line = server.line(|line| {
            assert!(!line.to_string().contains(secret), "{line}");
            is_answer(line)
        });
        assert!(!line.to_string().contains(secret), "{line}");
    }
    let metrics = server.monitor("/metrics");
    assert!(!metrics.text().contains(secret));
}

#[test]
fn the_log_can_be_switched_off() {
    let home = TestHome::with_sample_data();
    let server = Running::start(&home, &["--access-log", "off"]);
    assert_eq!(server.ask("GET /verify", &[]).status, 401);
    server.signal(rustix::process::Signal::TERM);
    let rest = server.rest();
    assert!(!rest.iter().any(is_answer), "{rest:?}");
    drop(server);
    // The same with the log on, so that the first half can fail.
    let server = Running::start(&home, &["--access-log", "on"]);
    assert_eq!(server.ask("GET /verify", &[]).status, 401);
    server.signal(rustix::process::Signal::TERM);
    assert_eq!(
        server.rest().iter().filter(|line| is_answer(line)).count(),
        1
    );
}

#[test]
fn a_log_that_nobody_reads_delays_no_verdict_and_says_what_is_missing() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let server = Running::start_deaf(&home, &[]);
    // Far more than a pipe and the queue hold.
    let request =
        format!("GET /verify HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {token}\r\n\r\n");
    let missing = "GET /missing HTTP/1.1\r\nHost: h\r\n\r\n";
    let mut stream = server.connect();
    for _ in 0..200 {
        stream.write_all(missing.repeat(100).as_bytes()).unwrap();
        for _ in 0..100 {
            assert_eq!(Reply::read(&mut stream, false).status, 404);
        }
    }
    stream.write_all(request.as_bytes()).unwrap();
    assert_eq!(Reply::read(&mut stream, false).status, 204);
    let samples = super::openmetrics::parse(server.monitor("/metrics").text());
    let dropped = "hallpass_log_lines_dropped_total";
    assert!(super::openmetrics::value(&samples, dropped, &[]) > 1000.0);
    server.listen();
    let line = server.line(|line| line["event"] == "log_lines_dropped");
    assert!(line["lines"].as_u64().unwrap() > 1000, "{line}");
}
