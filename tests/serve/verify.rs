//! The door for proxies.

mod configuration;
mod credentials;
mod requests;

use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hallpass::model::time::Time;

use super::{Conversation, Reply, Running};
use crate::support::test_home::TestHome;

const INVALID: Option<&str> = Some(r#"Bearer error="invalid_token""#);
const INSUFFICIENT: Option<&str> = Some(r#"Bearer error="insufficient_scope""#);

/// Our headers.
const SEVEN: [&str; 7] = [
    "hallpass-profile",
    "hallpass-token",
    "hallpass-token-id",
    "hallpass-connection",
    "hallpass-environment",
    "hallpass-device",
    "hallpass-expires",
];

/// The values of our headers.
fn identity(reply: &Reply) -> [&str; 7] {
    SEVEN.map(|name| {
        reply
            .field(name)
            .unwrap_or_else(|| panic!("no {name}: {reply:?}"))
    })
}

/// Seconds of the clock that the program has, too.
fn now() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "the program lives in real time")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs()).unwrap()
}

fn ask(server: &Running, target: &str, token: &str) -> Reply {
    let bearer = format!("Bearer {token}");
    server.ask(&format!("GET {target}"), &[("Authorization", &bearer)])
}

#[test]
fn a_token_passes_until_it_is_revoked() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let server = Running::start(&home, &[]);
    let bearer = format!("Bearer {token}");
    let mut client = Conversation::with(&server);
    let mut ask = || client.ask("GET /verify", &[("Authorization", &bearer)]);
    let passed = ask();
    assert_eq!(passed.status, 204);
    assert_eq!(passed.field("cache-control"), Some("no-store"));
    home.done(&["token", "revoke", "github/laptop", "--yes"]);
    let refused = ask();
    assert_eq!((refused.status, refused.body.len()), (401, 0));
    assert_eq!(refused.field("content-length"), Some("0"));
    let line = server.line(|line| line["status"] == 401);
    assert_eq!(line["reason"], "revoked");
    assert_eq!(line["profile"], "github");
}

#[test]
fn a_closed_door_is_not_there() {
    let home = TestHome::with_sample_data();
    let server = Running::start(&home, &["--doors", "token"]);
    for path in ["/verify", "/authz/-/-", "/authz/"] {
        assert_eq!(server.ask(&format!("GET {path}"), &[]).status, 404);
    }
}

#[test]
fn all_seven_headers_are_there_and_never_empty() {
    let home = TestHome::with_sample_data();
    home.done(&["profile", "add", "open"]);
    let open = home.token(&["open/a", "--expires", "never"]);
    let device = "Büro 50%";
    let bound = home.token(&[
        "github/laptop",
        "--connection",
        "ci",
        "--device",
        device,
        "--expires",
        "2031-01-01T00:00:00Z",
    ]);
    let environment = &home.json(&["environment", "list"])[0]["name"];
    let environment = environment.as_str().unwrap();
    let server = Running::start(&home, &[]);
    let passed = ask(&server, "/verify", &open);
    assert_eq!(passed.status, 204);
    let id = &open[..17];
    assert_eq!(
        identity(&passed),
        ["open", "a", id, "-", environment, "-", "-"]
    );
    let passed = ask(&server, "/verify", &bound);
    let id = &bound[..17];
    let device = "B%C3%BCro%2050%25";
    let end = "2031-01-01T00:00:00Z";
    assert_eq!(
        identity(&passed),
        ["github", "laptop", id, "ci", environment, device, end]
    );
    let passed = ask(&server, "/verify?connection=hr", &open);
    assert_eq!(identity(&passed)[3], "hr");
    // An answer without a body has none of the fields of one.
    assert_eq!(passed.field("content-length"), None);
    assert_eq!(passed.field("www-authenticate"), None);
    assert_eq!(passed.field("set-cookie"), None);
}

/// A target, a token, status and challenge of the answer, and the reason in the log.
type Case<'a> = (&'a str, &'a str, (u16, Option<&'a str>), &'a str);

/// Asks with each token, and compares status, challenge and the reason in the log.
fn compare(server: &Running, cases: &[Case<'_>]) {
    for (target, token, expected, reason) in cases {
        let reply = ask(server, target, token);
        assert_eq!(reply.challenge(), *expected, "{target} {reason}");
        let line = server.line(|line| line["status"] == expected.0);
        assert_eq!(line["reason"], *reason, "{target}");
        assert_eq!(line["route"], "/verify");
    }
}

#[test]
fn what_is_not_valid_anywhere_is_401() {
    let home = TestHome::with_sample_data();
    home.done(&["profile", "add", "away"]);
    let end = Time::from_seconds(now() + 2).to_string();
    let expired = home.token(&["github/expired", "--expires", &end]);
    let good = home.token(&["github/good"]);
    let revoked = home.token(&["github/revoked"]);
    let suspended = home.token(&["github/suspended"]);
    let away = home.token(&["away/a"]);
    home.done(&["token", "revoke", "github/revoked", "--yes"]);
    home.done(&["token", "suspend", "github/suspended", "--yes"]);
    home.done(&["profile", "suspend", "away", "--yes"]);
    let unknown = "hpass_063UfDVRKBz000A7dl5PEW67zZCpFU9uKaHnGgOvQKAR4bj7ez";
    let server = Running::start(&home, &[]);
    thread::sleep(Duration::from_secs(2));
    let cases = [
        (good.as_str(), "valid"),
        ("hpass_x", "malformed"),
        ("x", "malformed"),
        (unknown, "unknown"),
        (&revoked, "revoked"),
        (&expired, "expired"),
        (&suspended, "token_suspended"),
        (&away, "profile_suspended"),
    ];
    let cases = cases.map(|(token, reason)| {
        let expected = if reason == "valid" {
            (204, None)
        } else {
            (401, INVALID)
        };
        ("/verify", token, expected, reason)
    });
    compare(&server, &cases);
}

#[test]
fn what_is_valid_elsewhere_is_403() {
    let home = TestHome::with_sample_data();
    home.done(&["connection", "add", "shut"]);
    home.done(&["connection", "edit", "hr", "--group", "staff", "--yes"]);
    home.done(&["environment", "add", "other"]);
    home.done(&["profile", "add", "open"]);
    let bound = home.token(&["github/bound", "--device", "laptop"]);
    let open = home.token(&["open/a"]);
    let elsewhere = home.token(&["open/b", "--allow-ip", "192.0.2.7"]);
    home.done(&["connection", "block", "shut", "--yes"]);
    let server = Running::start(&home, &[]);
    let passed = ("/verify?connection=ci&device=Laptop", bound.as_str());
    let cases = [
        ("/verify?connection=hr", bound.as_str(), "wrong_connection"),
        ("/verify?connection=hr", &open, "not_a_member"),
        ("/verify?environment=other", &open, "wrong_environment"),
        ("/verify?device=phone", &bound, "wrong_device"),
        ("/verify?connection=shut", &open, "connection_blocked"),
        ("/verify", &elsewhere, "address_not_allowed"),
    ];
    let cases = cases.map(|(target, token, reason)| (target, token, (403, INSUFFICIENT), reason));
    compare(&server, &cases);
    compare(&server, &[(passed.0, passed.1, (204, None), "valid")]);
}

/// What a client sees must not tell why, and above all not whether a token exists.
#[test]
fn the_same_bytes_answer_all_that_is_not_valid() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    home.done(&["token", "revoke", "github/laptop", "--yes"]);
    let unknown = "hpass_063UfDVRKBz000A7dl5PEW67zZCpFU9uKaHnGgOvQKAR4bj7ez";
    let foreign = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
    let server = Running::start(&home, &[]);
    for target in [
        "/verify",
        "/verify?connection=ci",
        "/verify?challenge=basic",
        "/authz/ci/-/x",
    ] {
        let known = ask(&server, target, &token).whole();
        assert_eq!(known.0, 401);
        for other in [unknown, foreign, "hpass_x", "x"] {
            assert_eq!(
                ask(&server, target, other).whole(),
                known,
                "{target} {other}"
            );
        }
    }
    // Whether the id is known does not show in the time either: both are kept back to a whole millisecond.
    let mut client = Conversation::with(&server);
    let begun = Instant::now();
    for _ in 0..50 {
        let refused = client.ask("GET /verify", &[("X-Api-Key", unknown)]);
        assert_eq!(refused.status, 401);
    }
    assert!(begun.elapsed() >= Duration::from_millis(50));
    for target in ["/verify?connection=nowhere", "/authz/nowhere/-/"] {
        let known = ask(&server, target, &token).whole();
        assert_eq!(known.0, 403);
        assert_eq!(ask(&server, target, unknown).whole(), known, "{target}");
    }
}
