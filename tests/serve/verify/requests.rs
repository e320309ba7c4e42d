//! Requests as proxies send them: methods, preflights, upgrades, bodies, long heads.

use std::cell::Cell;
use std::io::{Read as _, Write as _};
use std::time::Duration;

use data_encoding::BASE64;

use super::identity;
use crate::serve::{Conversation, Reply, Running};
use crate::support::test_home::TestHome;

/// A server, and the field with a valid token.
fn served() -> (TestHome, Running, String) {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let server = Running::start(&home, &[]);
    (home, server, format!("Bearer {token}"))
}

#[test]
fn any_method_but_two_gives_the_same_verdict() {
    let (_home, server, bearer) = served();
    let valid = [("Authorization", bearer.as_str())];
    let mut client = Conversation::with(&server);
    for method in [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "X-Y",
    ] {
        for (target, yes) in [("/verify", 204), ("/authz/ci/-/x", 200)] {
            let request = format!("{method} {target}");
            let passed = client.ask(&request, &valid);
            assert_eq!(passed.status, yes, "{request}");
            assert_eq!(identity(&passed)[0], "github");
            let refused = client.ask(&request, &[]);
            assert_eq!(refused.status, 401, "{request}");
            assert_eq!(refused.field("content-length"), Some("0"), "{request}");
        }
    }
    for request in ["TRACE /verify", "TRACE /authz/ci/-/x"] {
        let refused = server.ask(request, &valid);
        assert_eq!(refused.status, 405, "{request}");
        assert!(refused.field("allow").unwrap().contains("GET"));
        assert_eq!(refused.field("content-length"), Some("0"), "{request}");
    }
    for target in ["/verify", "localhost:443"] {
        let refused = server.ask(&format!("CONNECT {target}"), &valid);
        assert!(refused.status >= 400, "{target}: {refused:?}");
    }
}

#[test]
fn only_a_preflight_passes_and_only_where_it_is_allowed() {
    let (_home, server, _) = served();
    let origin = ("Origin", "https://app.example");
    let method = ("Access-Control-Request-Method", "PUT");
    let forwarded = ("X-Forwarded-Method", "OPTIONS");
    let allowed = "/verify?preflight=allow";
    for (request, fields, status) in [
        ("OPTIONS /verify?preflight=allow", vec![origin, method], 204),
        ("OPTIONS /verify?preflight=allow", vec![origin], 401),
        ("OPTIONS /verify?preflight=allow", vec![method], 401),
        ("OPTIONS /verify?preflight=allow", vec![], 401),
        ("GET /verify?preflight=allow", vec![origin, method], 401),
        (
            "GET /verify?preflight=allow",
            vec![origin, method, forwarded],
            401,
        ),
        ("OPTIONS /verify", vec![origin, method], 401),
        (
            "OPTIONS /authz/-/-/?preflight=allow",
            vec![origin, method],
            401,
        ),
        (
            "OPTIONS /verify?preflight=allow",
            vec![origin, method, ("hallpass_x", "y")],
            403,
        ),
    ] {
        assert_eq!(
            server.ask(request, &fields).status,
            status,
            "{request} {fields:?}"
        );
    }
    let passed = server.ask(&format!("OPTIONS {allowed}"), &[origin, method]);
    assert_eq!(identity(&passed), ["-"; 7]);
}

#[test]
fn an_upgrade_is_a_request_like_others() {
    let (_home, server, bearer) = served();
    let mut client = Conversation::with(&server);
    let upgrade = [
        ("Authorization", bearer.as_str()),
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("X-Forwarded-Proto", "wss"),
    ];
    for _ in 0..2 {
        let passed = client.ask("GET /verify", &upgrade);
        assert_eq!(passed.status, 204);
        assert_eq!(passed.field("upgrade"), None);
    }
    assert_eq!(client.ask("GET /verify", &upgrade[1..]).status, 401);
    assert_eq!(client.ask("GET /verify", &upgrade[..1]).status, 204);
}

/// Proxies send the length of the original's body, and not the body.
#[test]
fn a_body_that_does_not_come_delays_nothing() {
    let (_home, server, bearer) = served();
    for announced in [("Content-Length", "100"), ("Transfer-Encoding", "chunked")] {
        for (credential, status) in [(bearer.as_str(), 204), ("Bearer x", 401)] {
            let mut client = Conversation::with(&server);
            let fields = [("Authorization", credential), announced];
            let moment = Some(Duration::from_secs(5));
            client.stream().set_read_timeout(moment).unwrap();
            let reply = client.ask("POST /verify", &fields);
            assert_eq!(reply.status, status);
            assert_eq!(reply.field("connection"), Some("close"));
            let mut rest = Vec::new();
            client.stream().read_to_end(&mut rest).unwrap();
            assert_eq!(rest, b"");
        }
    }
    let mut client = Conversation::with(&server);
    for _ in 0..2 {
        let fields = [("Authorization", bearer.as_str()), ("Content-Length", "0")];
        let reply = client.ask("POST /verify", &fields);
        assert_eq!((reply.status, reply.field("connection")), (204, None));
    }
}

/// What stands behind a head whose body is not read must not be taken for another request.
#[test]
fn a_body_that_comes_is_not_a_request() {
    let (_home, server, bearer) = served();
    let inner = format!("GET /verify HTTP/1.1\r\nHost: x\r\nAuthorization: {bearer}\r\n\r\n");
    let mut client = Conversation::with(&server);
    let outer = format!(
        "POST /verify HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{inner}",
        inner.len() + 10
    );
    client.stream().write_all(outer.as_bytes()).unwrap();
    assert_eq!(Reply::read(client.stream(), false).status, 401);
    let mut rest = Vec::new();
    // The connection may also be reset: what was sent is not read.
    let _ = client.stream().read_to_end(&mut rest);
    assert_eq!(rest, b"");
}

#[test]
fn the_cookies_of_an_application_come_along() {
    let (_home, server, bearer) = served();
    let cookies = "c=".to_owned() + &"x".repeat(48 * 1024);
    let fields = [("Authorization", bearer.as_str()), ("Cookie", &cookies)];
    assert_eq!(server.ask("GET /verify", &fields).status, 204);
}

#[test]
fn a_secret_in_a_request_is_not_in_the_log() {
    let (_home, server, bearer) = served();
    let canary = "hpass_canaryQXQ00000000000000000000000000000000000000";
    let path = format!("GET /authz/ci/-/{canary}?{canary}={canary}");
    let agent = [
        ("User-Agent", canary),
        ("Referer", canary),
        ("X-Request-Id", canary),
    ];
    let credentials = [
        format!("Bearer {canary}"),
        format!(
            "Basic {}",
            BASE64.encode(format!("{canary}:{canary}").as_bytes())
        ),
        format!("{canary} x"),
        bearer,
    ];
    for target in [
        &path,
        &format!("GET /verify?{canary}"),
        &format!("GET /{canary}"),
    ] {
        for credential in &credentials {
            let fields = [&agent[..], &[("Authorization", credential.as_str())]].concat();
            server.ask(target, &fields);
        }
    }
    server.ask("GET /verify", &[]);
    let lines = Cell::new(0);
    server.line(|line| {
        lines.set(lines.get() + 1);
        assert!(!line.to_string().contains("QXQ"), "{line}");
        line["reason"] == "none"
    });
    assert!(lines.get() > 12, "{lines:?}");
}

/// A request, its fields, and the status of the answer.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], u16);

/// An outage must not look like a denial: neither a verdict nor a challenge is given.
#[test]
fn while_something_is_wrong_with_the_store_every_answer_is_503() {
    let (home, server, bearer) = served();
    let password = "umbrella-vortex-lantern-88";
    let set = ["password", "set", "github", "--password-file", "-"];
    assert_eq!(home.piped(&set, password).code, 0);
    let text = format!("github:{password}");
    let basic = format!("Basic {}", BASE64.encode(text.as_bytes()));
    let preflight = [
        ("Origin", "https://app.example"),
        ("Access-Control-Request-Method", "PUT"),
    ];
    let cases: [Case<'_>; 8] = [
        ("GET /verify", &[("Authorization", &bearer)], 204),
        ("GET /verify", &[("Authorization", &basic)], 204),
        ("GET /authz/ci/-/x", &[("Authorization", &bearer)], 200),
        ("OPTIONS /verify?preflight=allow", &preflight, 204),
        ("GET /verify", &[], 401),
        ("GET /verify", &[("Authorization", "x")], 401),
        ("GET /verify?x=y", &[], 403),
        ("GET /verify", &[("Hallpass_Token", "x")], 403),
    ];
    let statuses = || cases.map(|(request, fields, _)| server.ask(request, fields).status);
    assert_eq!(statuses(), cases.map(|(_, _, status)| status));
    let aside = home.file("aside");
    std::fs::rename(home.store(), &aside).unwrap();
    server.line(|line| line["event"] == "closed");
    assert_eq!(statuses(), [503; 8]);
    let refused = server.ask("GET /verify", &[]);
    assert_eq!(refused.challenge(), (503, None));
    let wait: u32 = refused.field("retry-after").unwrap().parse().unwrap();
    assert!(wait >= 1);
    assert_eq!(refused.field("content-length"), Some("0"));
    std::fs::rename(&aside, home.store()).unwrap();
    server.line(|line| line["event"] == "open");
    assert_eq!(statuses(), cases.map(|(_, _, status)| status));
}
