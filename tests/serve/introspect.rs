//! `POST /introspect`: a service asks about the token of one of its clients.

use serde_json::json;

use super::posting::{basic, home};
use super::{Reply, Running};
use crate::support::test_home::TestHome;

const DOOR: [&str; 2] = ["--doors", "introspect"];

/// A profile that may ask; returns a token of it.
fn service(home: &TestHome) -> String {
    home.done(&[
        "profile",
        "add",
        "api",
        "--connection",
        "ci",
        "--group",
        "introspect",
    ]);
    home.token(&["api/service", "--connection", "ci"])
}

fn ask(server: &Running, service: &str, token: &str) -> Reply {
    let bearer = format!("Bearer {service}");
    server.post(
        "/introspect",
        &[("Authorization", &bearer)],
        &format!("token={token}"),
    )
}

#[track_caller]
fn is_inactive(reply: &Reply) {
    assert_eq!(
        (reply.status, &*reply.body),
        (200, &br#"{"active":false}"#[..])
    );
}

#[test]
fn a_service_is_told_who_a_token_is_for() {
    let home = home();
    let service = service(&home);
    let token = home.token(&[
        "github/laptop",
        "--connection",
        "ci",
        "--allow-ip",
        "192.0.2.0/24",
    ]);
    let forever = home.token(&["github/ever", "--connection", "ci", "--expires", "never"]);
    let server = Running::start(&home, &DOOR);
    let told = ask(&server, &service, &token);
    assert_eq!(told.status, 200);
    assert_eq!(told.field("cache-control"), Some("no-store"));
    let document = told.json();
    let (iat, exp) = (
        document["iat"].as_i64().unwrap(),
        document["exp"].as_i64().unwrap(),
    );
    assert!(iat < exp);
    assert_eq!(
        document,
        json!({
            "active": true, "sub": "github", "client_id": "github", "scope": "ci",
            "iat": iat, "exp": exp, "token_type": "Bearer",
        })
    );
    let head = [("Authorization", &*basic("api", &service))];
    let form = format!("token={token}&token_type_hint=refresh_token");
    assert_eq!(server.post("/introspect", &head, &form).json(), document);
    assert!(ask(&server, &service, &forever).json().get("exp").is_none());
}

#[test]
fn of_a_token_that_is_not_valid_nothing_is_told() {
    let home = home();
    let service = service(&home);
    let token = home.token(&["github/laptop", "--connection", "ci"]);
    let server = Running::start(&home, &DOOR);
    home.done(&["token", "suspend", "github/laptop"]);
    is_inactive(&ask(&server, &service, &token));
    home.done(&["token", "revoke", "github/laptop", "--yes"]);
    for token in [
        &*token,
        "nothing",
        "hpass_063UfDVRKBz000A7dl5PEW67zZCpFU9uKaHnGgOvQKAR4bj7ez",
    ] {
        is_inactive(&ask(&server, &service, token));
    }
    for form in ["", "token=", "token=a&token=a"] {
        let bearer = format!("Bearer {service}");
        let refused = server.post("/introspect", &[("Authorization", &bearer)], form);
        refused.is_oauth_error(400, "invalid_request");
    }
}

#[test]
fn only_profiles_of_the_group_may_ask() {
    let home = home();
    let service = service(&home);
    let token = home.token(&["github/laptop", "--connection", "ci"]);
    let server = Running::start(&home, &DOOR);
    let form = format!("token={token}");
    let none = server.post("/introspect", &[], &form);
    assert_eq!(
        (none.status, none.field("www-authenticate")),
        (401, Some("Bearer"))
    );
    assert_eq!(ask(&server, &token, &token).status, 403);
    for (user, password) in [("github", &*service), ("api", "wrong"), ("api", &*token)] {
        let head = basic(user, password);
        let refused = server.post("/introspect", &[("Authorization", &head)], &form);
        let challenge = r#"Basic realm="hallpass", charset="UTF-8""#;
        assert_eq!(
            (refused.status, refused.field("www-authenticate")),
            (401, Some(challenge))
        );
    }
    home.done(&["token", "revoke", "api/service", "--yes"]);
    let refused = ask(&server, &service, &token);
    let invalid = r#"Bearer error="invalid_token""#;
    assert_eq!(
        (refused.status, refused.field("www-authenticate")),
        (401, Some(invalid))
    );
    assert_eq!(server.ask("GET /introspect", &[]).status, 405);
}
