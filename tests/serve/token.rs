//! `POST /token`: client credentials for a session token.

use super::Running;
use super::posting::{PASSWORD, basic, home, mistyped, set_password};

const DOOR: [&str; 2] = ["--doors", "token,verify"];

#[test]
fn a_token_makes_a_session_token_that_ends_with_it() {
    let home = home();
    let token = home.token(&["github/laptop", "--connection", "ci"]);
    let server = Running::start(&home, &DOOR);
    let made = server.session(&token, "&scope=ci");
    let session = made.access_token();
    let document = made.json();
    assert_eq!(
        (&document["scope"], &document["expires_in"]),
        (&"ci".into(), &3600.into())
    );
    assert_eq!(server.verify(&session).status, 204);
    let listed = home.json(&["token", "list", "--sessions", "only"]);
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert!(listed[0]["name"].as_str().unwrap().starts_with("session-"));
    let parent = home.json(&["token", "show", "github/laptop"]);
    assert_eq!(listed[0]["parent"], parent["id"]);
    let none = home.json(&["token", "list", "--sessions", "none"]);
    assert_eq!(none.as_array().unwrap().len(), 1);
    let preview = home.done(&["token", "revoke", "github/laptop", "--dry-run"]);
    let said = format!("{}{}", preview.out, preview.err);
    assert!(said.contains("1 of them a session token"), "{said}");
    home.done(&["token", "revoke", "github/laptop", "--yes"]);
    assert_eq!(server.verify(&session).status, 401);
    let line = server.line(|line| line["route"] == "/verify" && line["status"] == 401);
    assert_eq!(line["reason"], "revoked");
    assert_eq!(home.verdict(&session, &[]), (12, "revoked".to_owned()));
}

#[test]
fn a_password_makes_one_that_ends_when_it_changes() {
    let home = home();
    let server = Running::start(&home, &DOOR);
    let form = format!("grant_type=client_credentials&client_id=GitHub&client_secret={PASSWORD}");
    let session = server.post("/token", &[], &form).access_token();
    let other = server.session(PASSWORD, "&scope=hr").access_token();
    assert_eq!(server.verify(&session).status, 204);
    assert_eq!(server.verify(&other).status, 204);
    set_password(&home, "another-vortex-lantern-99");
    assert_eq!(server.verify(&session).status, 401);
    assert_eq!(server.verify(&other).status, 401);
}

#[test]
fn json_is_read_as_a_form_is() {
    let home = home();
    let server = Running::start(&home, &DOOR);
    let body = format!(
        r#"{{"grant_type":"client_credentials","client_id":"github","client_secret":"{PASSWORD}"}}"#
    );
    let json = [("Content-Type", "application/json; charset=utf-8")];
    server
        .post_body("/token", &json, body.as_bytes())
        .access_token();
    let twice = body.replace('{', r#"{"client_id":"github","#);
    let refused = server.post_body("/token", &json, twice.as_bytes());
    refused.is_oauth_error(400, "invalid_request");
}

#[test]
fn what_is_not_a_request_is_refused() {
    let home = home();
    let token = home.token(&["github/laptop", "--connection", "ci"]);
    let server = Running::start(&home, &DOOR);
    let client = basic("github", &token);
    let head = [("Authorization", &*client)];
    let grant = "grant_type=client_credentials";
    let secret = format!("{grant}&client_secret={token}");
    let id = format!("{grant}&client_id=other");
    for form in [
        "",
        "scope=ci",
        "grant_type=",
        "grant_type=client_credentials&grant_type=client_credentials",
        "grant_type=client_credentials&scope=ci&scope=ci",
        "grant_type=client_credentials&x=%ff",
        "grant_type=client_credentials&x=%zz",
        &secret,
        &id,
    ] {
        let refused = server.post("/token", &head, form);
        refused.is_oauth_error(400, "invalid_request");
    }
    let heads = [head[0], head[0]];
    server
        .post("/token", &heads, grant)
        .is_oauth_error(400, "invalid_request");
    for other in ["password", "authorization_code", "CLIENT_CREDENTIALS"] {
        let refused = server.post("/token", &head, &format!("grant_type={other}"));
        refused.is_oauth_error(400, "unsupported_grant_type");
    }
}

#[test]
fn who_is_not_a_client_is_challenged_in_the_way_that_it_chose() {
    let home = home();
    let token = home.token(&["github/laptop", "--connection", "ci"]);
    home.done(&["profile", "add", "other", "--connection", "ci"]);
    let server = Running::start(&home, &DOOR);
    let grant = "grant_type=client_credentials";
    let mistyped = mistyped(&token);
    for (id, secret) in [
        ("other", &*token),
        ("nobody", &*token),
        ("github", &*mistyped),
        ("github", "wrong"),
        ("nobody", "wrong"),
        ("%20", "wrong"),
    ] {
        let head = basic(id, secret);
        let refused = server.post("/token", &[("Authorization", &head)], grant);
        refused.is_oauth_error(401, "invalid_client");
        let form = format!("{grant}&client_id={id}&client_secret={secret}");
        server
            .post("/token", &[], &form)
            .is_oauth_error(400, "invalid_client");
    }
    server
        .post("/token", &[], grant)
        .is_oauth_error(400, "invalid_client");
    let bearer = format!("Bearer {token}");
    let refused = server.post("/token", &[("Authorization", &bearer)], grant);
    refused.is_oauth_error(401, "invalid_client");
    home.done(&["token", "suspend", "github/laptop"]);
    server
        .session(&token, "")
        .is_oauth_error(401, "invalid_client");
}

#[test]
fn a_session_token_makes_no_other() {
    let home = home();
    let token = home.token(&["github/laptop", "--connection", "ci"]);
    let server = Running::start(&home, &DOOR);
    let session = server.session(&token, "").access_token();
    server
        .session(&session, "")
        .is_oauth_error(400, "unauthorized_client");
}

#[test]
fn a_scope_is_one_connection_that_the_client_may_use() {
    let home = home();
    home.done(&["connection", "add", "erp"]);
    let bound = home.token(&["github/bound", "--connection", "ci"]);
    let server = Running::start(&home, &DOOR);
    for scope in ["hr", "erp", "nowhere", "ci+hr", "%0a", "ci%20"] {
        let more = format!("&scope={scope}");
        server
            .session(&bound, &more)
            .is_oauth_error(400, "invalid_scope");
    }
    server
        .session(PASSWORD, "&scope=erp")
        .is_oauth_error(400, "invalid_scope");
    home.done(&["connection", "block", "ci", "--yes"]);
    server
        .session(PASSWORD, "&scope=ci")
        .is_oauth_error(400, "invalid_scope");
    assert_eq!(server.session(PASSWORD, "&scope=hr").json()["scope"], "hr");
}

#[test]
fn only_these_bodies_are_read() {
    let home = home();
    let server = Running::start(&home, &DOOR);
    let grant = b"grant_type=client_credentials";
    for head in [&[][..], &[("Content-Type", "text/plain")]] {
        server.post_body("/token", head, grant).is_problem(415);
    }
    let long = "x=".to_owned() + &"y".repeat(8 * 1024);
    server.post("/token", &[], &long).is_problem(413);
    assert_eq!(server.ask("GET /token", &[]).status, 405);
}

#[test]
fn wrong_passwords_are_delayed_and_the_delay_is_told() {
    let home = home();
    let server = Running::start(&home, &DOOR);
    for _ in 0..5 {
        server
            .session("wrong", "")
            .is_oauth_error(401, "invalid_client");
    }
    // The delay is a second at first: under load it may be over before it is met.
    let throttled = (0..6).map(|_| server.session("wrong", ""));
    let throttled = throttled
        .into_iter()
        .find(|reply| reply.status == 429)
        .unwrap();
    throttled.is_problem(429);
    let wait: u64 = throttled.field("retry-after").unwrap().parse().unwrap();
    assert!((1..=900).contains(&wait));
    // Nobody else waits.
    let token = home.token(&["github/laptop", "--connection", "ci"]);
    server.session(&token, "").access_token();
}

#[test]
fn a_client_is_given_no_more_session_tokens_than_its_budget_has() {
    let home = home();
    let token = home.token(&["github/laptop", "--connection", "ci"]);
    let server = Running::start(&home, &DOOR);
    let made = (0..1_000).map(|_| server.session(&token, ""));
    let mut made = made.skip_while(|reply| reply.status == 200);
    let refused = made.next().unwrap();
    refused.is_problem(429);
    let wait: u64 = refused.field("retry-after").unwrap().parse().unwrap();
    assert!((1..=6).contains(&wait));
    let line = server.line(|line| line["status"] == 429);
    assert_eq!(
        (&line["reason"], &line["profile"]),
        (&"throttled".into(), &"github".into())
    );
    // The token itself is as valid as before.
    assert_eq!(server.verify(&token).status, 204);
}

#[test]
fn no_secret_is_in_the_log() {
    let home = home();
    let token = home.token(&["github/laptop", "--connection", "ci"]);
    let server = Running::start(&home, &DOOR);
    let canary = "canary-0b5c7d";
    let form = format!("grant_type=client_credentials&client_id={canary}&client_secret={canary}");
    server.post(&format!("/token?{canary}"), &[], &form);
    server.post("/token", &[("Authorization", canary)], canary);
    server.post(
        "/token",
        &[("Authorization", &basic(canary, canary))],
        "grant_type=x",
    );
    server.post("/login", &[], &format!("profile=github&password={canary}"));
    server.post("/revoke", &[], &format!("token={canary}"));
    let session = server.session(&token, "").access_token();
    server.session(PASSWORD, "").access_token();
    server.post("/revoke", &[], &format!("token={session}"));
    let log = server.log_until(|line| line["route"] == "/revoke" && line["reason"] == "revoked");
    assert!(log.len() >= 8, "{log:#?}");
    for secret in [canary, PASSWORD, &session, &token] {
        let found = log.iter().find(|line| line.to_string().contains(secret));
        assert!(found.is_none(), "{found:?}");
    }
}

#[test]
fn every_door_is_closed_while_something_is_wrong_with_the_store() {
    let home = home();
    let token = home.token(&["github/laptop", "--connection", "ci"]);
    let server = Running::start(&home, &["--doors", "token,introspect,verify"]);
    server.line(|line| line["event"] == "loaded");
    assert_eq!(server.verify(&token).status, 204);
    std::fs::rename(home.store(), home.file("aside")).unwrap();
    server.line(|line| line["event"] == "closed");
    let bearer = format!("Bearer {token}");
    let asked = [
        server.session(&token, ""),
        server.session(PASSWORD, ""),
        server.ask("GET /self", &[("Authorization", &bearer)]),
        server.post("/revoke", &[], &format!("token={token}")),
        server.post(
            "/login",
            &[],
            &format!("profile=github&password={PASSWORD}"),
        ),
        server.post(
            "/introspect",
            &[("Authorization", &bearer)],
            &format!("token={token}"),
        ),
    ];
    for reply in asked {
        reply.is_problem(503);
        assert_eq!(reply.field("retry-after"), Some("1"));
    }
}

#[test]
fn a_token_of_another_system_makes_one_too_and_a_password_that_looks_like_one_is_a_password() {
    let home = home();
    let old = "sk-live-0123456789abcdef0123456789abcdef";
    let import = [
        "token",
        "add",
        "github/old",
        "--connection",
        "ci",
        "--value-file",
        "-",
    ];
    let imported = home.piped(&import, old);
    assert_eq!(imported.code, 0, "{imported:?}");
    let server = Running::start(&home, &DOOR);
    let session = server.session(old, "").access_token();
    server.session(PASSWORD, "").access_token();
    home.done(&["token", "revoke", "github/old", "--yes"]);
    assert_eq!(server.verify(&session).status, 401);
    server
        .session(old, "")
        .is_oauth_error(401, "invalid_client");
    let shown = home.json(&["profile", "show", "github"]);
    assert_eq!(shown["failures"], 0, "no attempt at the password was made");
}
