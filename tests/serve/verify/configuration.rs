//! Mistakes of the proxy's configuration, and clients that use its aliases.

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
    }
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
