//! `GET /self` and `POST /revoke`: what the holder of a token may do with it.

use super::Running;
use super::posting::home;

const DOOR: [&str; 2] = ["--doors", "token"];

#[track_caller]
fn own(server: &Running, token: &str) -> super::Reply {
    let bearer = format!("Bearer {token}");
    server.ask("GET /self", &[("Authorization", &bearer)])
}

#[test]
fn a_holder_is_told_what_the_token_is() {
    let home = home();
    let add = [
        "github/laptop",
        "--connection",
        "ci",
        "--device",
        "laptop 7",
    ];
    let token = home.token(&add);
    let server = Running::start(&home, &DOOR);
    let told = own(&server, &token);
    assert_eq!(told.status, 200);
    assert_eq!(told.field("content-type"), Some("application/json"));
    assert_eq!(told.field("cache-control"), Some("no-store"));
    let shown = home.json(&["token", "show", "github/laptop"]);
    let document = told.json();
    let names: Vec<_> = document.as_object().unwrap().keys().cloned().collect();
    let fields = [
        "connection",
        "device",
        "environment",
        "expires_at",
        "id",
        "name",
        "profile",
    ];
    assert_eq!(names, fields);
    for field in fields {
        assert_eq!(document[field], shown[field], "{field}");
    }
}

#[test]
fn two_credentials_are_refused_and_logged_as_that() {
    let home = home();
    let token = home.token(&["github/laptop", "--connection", "ci"]);
    let server = Running::start(&home, &DOOR);
    let bearer = format!("Bearer {token}");
    let twice = [("Authorization", bearer.as_str()); 2];
    assert_eq!(server.ask("GET /self", &twice).status, 401);
    let line = server.line(|line| line["status"] == 401);
    assert_eq!(line["reason"], "two_credentials");
}

#[test]
fn who_holds_nothing_is_told_nothing() {
    let home = home();
    let token = home.token(&["github/laptop", "--connection", "ci"]);
    let server = Running::start(&home, &DOOR);
    let none = server.ask("GET /self", &[]);
    assert_eq!(
        (none.status, none.field("www-authenticate")),
        (401, Some("Bearer"))
    );
    home.done(&["token", "revoke", "github/laptop", "--yes"]);
    let invalid = Some(r#"Bearer error="invalid_token""#);
    for wrong in [&*token, "hpass_1", "x"] {
        let refused = own(&server, wrong);
        assert_eq!(
            (refused.status, refused.field("www-authenticate")),
            (401, invalid)
        );
        assert_eq!(refused.body, b"");
    }
    let elsewhere = home.token(&[
        "github/office",
        "--connection",
        "ci",
        "--allow-ip",
        "192.0.2.0/24",
    ]);
    assert_eq!(own(&server, &elsewhere).status, 403);
    home.done(&["connection", "block", "ci", "--yes"]);
    assert_eq!(server.post("/self", &[], "").status, 405);
}

#[test]
fn a_holder_ends_the_token() {
    let home = home();
    let token = home.token(&["github/laptop", "--connection", "ci"]);
    let other = home.token(&["github/phone", "--connection", "ci"]);
    let server = Running::start(&home, &DOOR);
    let session = server.session(&token, "").access_token();
    let ended = server.post(
        "/revoke",
        &[],
        &format!("token={session}&token_type_hint=x"),
    );
    assert_eq!((ended.status, ended.body.len()), (200, 0));
    assert_eq!(own(&server, &session).status, 401);
    assert_eq!(own(&server, &token).status, 200);
    assert_eq!(
        server
            .post("/revoke", &[], &format!("token={token}"))
            .status,
        200
    );
    assert_eq!(own(&server, &token).status, 401);
    assert_eq!(own(&server, &other).status, 200);
    let log = home.json(&["audit", "list", "--action", "token.revoke"]);
    let row = &log[0];
    assert_eq!(row["details"]["reason"], "by holder");
    assert_eq!(row["actor"]["kind"], "remote");
    assert_eq!(row["actor"]["address"], "127.0.0.1");
}

#[test]
fn whatever_is_not_in_force_is_ended_already() {
    let home = home();
    let token = home.token(&["github/laptop", "--connection", "ci"]);
    home.done(&["token", "revoke", "github/laptop", "--yes"]);
    let server = Running::start(&home, &DOOR);
    let rows = home.json(&["audit", "list"]).as_array().unwrap().len();
    for gone in [
        &*token,
        "nothing",
        "hpass_063UfDVRKBz000A7dl5PEW67zZCpFU9uKaHnGgOvQKAR4bj7ez",
    ] {
        assert_eq!(
            server.post("/revoke", &[], &format!("token={gone}")).status,
            200
        );
    }
    let after = home.json(&["audit", "list"]).as_array().unwrap().len();
    assert_eq!(rows, after, "nothing was written");
    for form in ["", "token=", "token=a&token=a", "token_type_hint=x"] {
        server
            .post("/revoke", &[], form)
            .is_oauth_error(400, "invalid_request");
    }
}

#[test]
fn a_suspended_token_can_be_ended_for_good() {
    let home = home();
    let token = home.token(&["github/laptop", "--connection", "ci"]);
    home.done(&["token", "suspend", "github/laptop"]);
    let server = Running::start(&home, &DOOR);
    assert_eq!(
        server
            .post("/revoke", &[], &format!("token={token}"))
            .status,
        200
    );
    assert_eq!(home.verdict(&token, &[]).1, "revoked");
}

#[test]
fn a_token_is_ended_also_from_where_it_may_not_be_used() {
    let home = home();
    let token = home.token(&["github/laptop", "--connection", "ci"]);
    let narrow = ["connection", "edit", "ci", "--add-allow-ip", "192.0.2.0/24"];
    home.done(&[&narrow[..], &["--yes"]].concat());
    let server = Running::start(&home, &DOOR);
    assert_eq!(own(&server, &token).status, 403, "the premise");
    let ended = server.post("/revoke", &[], &format!("token={token}"));
    assert_eq!(ended.status, 200);
    assert_eq!(home.verdict(&token, &[]).1, "revoked");
}
