//! Mistakes of the proxy's configuration, and clients that use its aliases.

use std::thread;
use std::time::Duration;

use super::{SEVEN, ask};
use crate::serve::{Conversation, Running};
use crate::support::test_home::TestHome;

#[test]
fn a_mistake_in_the_configuration_refuses_everything_and_is_logged() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let server = Running::start(&home, &[]);
    for (target, parameter, problem) in [
        (
            "/verify?connection=ci&connection=hr",
            Some("connection"),
            "twice",
        ),
        ("/verify?user=x", Some("user"), "unknown"),
        (
            "/verify?connection=nowhere",
            Some("connection"),
            "not_found",
        ),
        (
            "/verify?environment=nowhere",
            Some("environment"),
            "not_found",
        ),
        ("/verify?connection=", Some("connection"), "invalid"),
        ("/verify?connection=%ff", Some("connection"), "invalid"),
        ("/verify?challenge=digest", Some("challenge"), "invalid"),
        ("/verify?hpass_canaryQXQ000000", None, "unknown"),
        (
            "/verify?connection=canaryQXQ000%2F",
            Some("connection"),
            "invalid",
        ),
        (
            "/authz/nowhere/-/canaryQXQ000",
            Some("connection"),
            "not_found",
        ),
        ("/authz/ci/nowhere", Some("environment"), "not_found"),
        ("/authz/ci", Some("environment"), "missing"),
        ("/authz/", Some("connection"), "invalid"),
    ] {
        let reply = ask(&server, target, &token);
        assert_eq!(reply.challenge(), (403, None), "{target}");
        assert_eq!(reply.field("content-length"), Some("0"));
        let line = server.line(|line| line["event"] == "configuration");
        assert_eq!(line["parameter"].as_str(), parameter, "{target}");
        assert_eq!(line["problem"], problem, "{target}");
        assert!(!line.to_string().contains("QXQ"), "{line}");
        let line = server.line(|line| line["status"] == 403);
        assert_eq!(line["reason"], "misconfigured", "{target}");
        assert!(!line.to_string().contains("QXQ"), "{line}");
        // One line a second.
        thread::sleep(Duration::from_millis(1_050));
    }
}

#[test]
fn mistakes_are_logged_once_a_second() {
    let home = TestHome::with_sample_data();
    let server = Running::start(&home, &[]);
    for _ in 0..20 {
        assert_eq!(server.ask("GET /verify?user=x", &[]).status, 403);
    }
    thread::sleep(Duration::from_millis(1_050));
    assert_eq!(server.ask("GET /verify?user=x&last", &[]).status, 403);
    let is_mistake = |line: &serde_json::Value| line["event"] == "configuration";
    let (mut lines, mut told) = (0, 0);
    while told < 21 {
        let line = server.line(is_mistake);
        lines += 1;
        told += 1 + line["left_out"].as_u64().unwrap();
    }
    assert!(lines <= 5, "{lines}");
}

#[test]
fn a_mistake_shows_before_anybody_has_a_credential() {
    let home = TestHome::with_sample_data();
    let server = Running::start(&home, &[]);
    let preflight = [
        ("Origin", "https://a.example"),
        ("Access-Control-Request-Method", "GET"),
    ];
    let two = [("Authorization", "Bearer x"), ("X-Api-Key", "x")];
    for named in ["connection=nowhere", "environment=nowhere"] {
        for fields in [&[][..], &[("Authorization", "Bearer")], &two] {
            let reply = server.ask(&format!("GET /verify?{named}"), fields);
            assert_eq!(reply.challenge(), (403, None), "{named} {fields:?}");
        }
        let target = format!("OPTIONS /verify?{named}&preflight=allow");
        assert_eq!(server.ask(&target, &preflight).status, 403);
    }
    let named = "connection=ci&environment=production";
    assert_eq!(server.ask(&format!("GET /verify?{named}"), &[]).status, 401);
    let target = format!("OPTIONS /verify?{named}&preflight=allow");
    assert_eq!(server.ask(&target, &preflight).status, 204);
}

#[test]
fn a_client_that_sends_our_headers_is_refused_in_every_spelling() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let bearer = format!("Bearer {token}");
    let server = Running::start(&home, &[]);
    let mut client = Conversation::with(&server);
    let spellings = SEVEN.map(str::to_owned).into_iter().chain(
        [
            "HALLPASS-PROFILE",
            "Hallpass_Profile",
            "hallpass.profile",
            "Hallpass_Token-Id",
            "hallpass-x",
        ]
        .map(str::to_owned),
    );
    for name in spellings {
        for target in ["/verify", "/authz/ci/-/x"] {
            let fields = [("Authorization", bearer.as_str()), (&name, "root")];
            let reply = client.ask(&format!("GET {target}"), &fields);
            assert_eq!(reply.challenge(), (403, None), "{name}");
            let line = server.line(|line| line["status"] == 403);
            assert_eq!(line["reason"], "spoofed_header");
        }
    }
    let fields = [("Authorization", bearer.as_str()), ("X-Hallpass", "x")];
    assert_eq!(client.ask("GET /verify", &fields).status, 204);
}
