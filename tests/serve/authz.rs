//! The door for Envoy, which appends the client's path and query to its own.

use super::{Conversation, Running};
use crate::support::test_home::TestHome;

#[test]
fn a_request_is_judged_for_the_two_segments_whatever_the_client_appends() {
    let home = TestHome::with_sample_data();
    let own = home.json(&["environment", "list"])[0]["name"].clone();
    let own = own.as_str().unwrap();
    home.done(&["environment", "add", "other"]);
    let token = home.token(&["github/laptop", "--environment", own]);
    let bearer = format!("Bearer {token}");
    let fields = [("Authorization", bearer.as_str())];
    let server = Running::start(&home, &[]);
    let mut client = Conversation::with(&server);
    let rests = [
        "",
        "/",
        "/any/thing?connection=hr&environment=other",
        "?connection=hr",
        "/../../hr/other",
        "/%2e%2e/%2e%2e/hr/other",
        "//hr/other",
        "/%2F..%2F",
        "/a%",
        "/%ff",
        "/?connection=ci&connection=ci&x",
    ];
    for rest in rests {
        for method in ["GET", "PUT", "HEAD", "PROPFIND"] {
            let mut status = |connection: &str, environment: &str| {
                let target = format!("{method} /authz/{connection}/{environment}{rest}");
                let reply = client.ask(&target, &fields);
                (
                    reply.status,
                    reply.field("hallpass-connection").map(str::to_owned),
                )
            };
            let passed = |connection: &str| (200, Some(connection.to_owned()));
            assert_eq!(status("ci", own), passed("ci"), "{rest}");
            assert_eq!(status("ci", "-"), passed("ci"), "{rest}");
            assert_eq!(status("-", own), passed("ci"), "{rest}");
            assert_eq!(status("hr", own), (403, None), "{rest}");
            assert_eq!(status("ci", "other"), (403, None), "{rest}");
        }
    }
}

#[test]
fn nothing_leaves_the_two_segments() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let bearer = format!("Bearer {token}");
    let fields = [("Authorization", bearer.as_str())];
    let server = Running::start(&home, &[]);
    for path in [
        "/authz/",
        "/authz/ci",
        "/authz/ci/",
        "/authz//ci/-",
        "/authz/%2e%2e/ci",
        "/authz/ci%2F-/x",
        "/authz/ci/-%2Fx",
        "/authz/ci/-*",
        "/authz/ci/%2D",
        "/authz/./ci/-",
    ] {
        assert_eq!(
            server.ask(&format!("GET {path}"), &fields).status,
            403,
            "{path}"
        );
    }
    for path in ["/authz", "/authzx/ci/-", "/x/../authz/ci/-", "/Authz/ci/-"] {
        assert_eq!(
            server.ask(&format!("GET {path}"), &fields).status,
            404,
            "{path}"
        );
    }
}
