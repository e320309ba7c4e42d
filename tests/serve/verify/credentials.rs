//! Which credentials count.

use data_encoding::BASE64;

use super::{INVALID, ask, identity};
use crate::serve::{Conversation, Running};
use crate::support::test_home::TestHome;

const BASIC: Option<&str> = Some(r#"Basic realm="hallpass", charset="UTF-8""#);

#[test]
fn the_headers_and_schemes_are_read_and_two_credentials_are_refused() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let form = home.piped(&["token", "add", "github/xml", "--form", "header"], "");
    assert_eq!(form.code, 0, "{form:?}");
    let afas = form.out.trim_end().to_owned();
    let server = Running::start(&home, &[]);
    let bearer = format!("Bearer {token}");
    let as_user = format!(
        "Basic {}",
        BASE64.encode(format!("github:{token}").as_bytes())
    );
    let hex = format!("Bearer {}", "AB".repeat(32));
    let authorization = |value| ("Authorization", value);
    let key = ("X-Api-Key", token.as_str());
    let own = "authorization";
    let mut client = Conversation::with(&server);
    for (target, fields, status) in [
        ("", vec![authorization(bearer.as_str())], 204),
        (
            "",
            vec![("authorization", &*bearer.replace("Bearer", "bEARER"))],
            204,
        ),
        ("", vec![authorization(&afas)], 204),
        ("", vec![authorization(&as_user)], 204),
        ("", vec![key], 204),
        ("", vec![authorization(&hex)], 401),
        ("", vec![authorization(&token)], 401),
        ("", vec![authorization(&bearer), key], 401),
        (
            "",
            vec![authorization(&bearer), authorization(&bearer)],
            401,
        ),
        ("", vec![key, key], 401),
        ("", vec![authorization("Digest x"), key], 401),
        ("?from=x-api-key", vec![authorization("Digest x"), key], 204),
        (
            "?from=x-api-key",
            vec![authorization("a"), authorization("b"), key],
            204,
        ),
        ("?from=x-api-key", vec![authorization(&bearer)], 401),
        (
            "?from=authorization",
            vec![authorization(&bearer), ("x-api-key", "x")],
            204,
        ),
        ("?from=authorization", vec![key], 401),
        (
            "",
            vec![("Cookie", &token), ("Proxy-Authorization", &bearer)],
            401,
        ),
        ("", vec![(own, "")], 401),
    ] {
        let reply = client.ask(&format!("GET /verify{target}"), &fields);
        assert_eq!(reply.status, status, "{target} {fields:?}");
    }
}

#[test]
fn a_token_in_the_query_does_not_count() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let server = Running::start(&home, &[]);
    for name in ["access_token", "token", "x-api-key"] {
        let query = format!("GET /verify?{name}={token}");
        assert_eq!(server.ask(&query, &[]).status, 403, "{name}");
    }
    let path = format!("GET /authz/ci/-/?access_token={token}");
    assert_eq!(server.ask(&path, &[]).status, 401);
}

#[test]
fn a_challenge_asks_for_what_the_proxy_wants() {
    let home = TestHome::with_sample_data();
    let server = Running::start(&home, &[]);
    let none = |target: &str| server.ask(&format!("GET {target}"), &[]);
    assert_eq!(none("/verify").challenge(), (401, Some("Bearer")));
    assert_eq!(none("/verify?challenge=basic").challenge(), (401, BASIC));
    assert_eq!(none("/authz/-/-").challenge(), (401, Some("Bearer")));
    assert_eq!(ask(&server, "/verify", "x").challenge(), (401, INVALID));
    let sent = ask(&server, "/verify?challenge=basic", "x");
    assert_eq!(sent.challenge(), (401, BASIC));
}

/// Only what the client proves counts: not how it calls itself, and not what it is called by others.
#[test]
fn no_other_header_changes_a_verdict() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop", "--allow-ip", "127.0.0.1"]);
    let bearer = format!("Bearer {token}");
    let server = Running::start(&home, &[]);
    let mut chance = crate::support::chance::Chance::of(20);
    let names = [
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Uri",
        "X-Forwarded-Method",
        "X-Forwarded-Proto",
        "X-Forwarded-Prefix",
        "X-Original-Url",
        "X-Original-Uri",
        "X-Original-Method",
        "X-Rewrite-Url",
        "X-Real-Ip",
        "Forwarded",
        "User-Agent",
        "Referer",
        "Via",
        "X-Request-Id",
    ];
    let values = [
        "192.0.2.7",
        "127.0.0.1, 10.0.0.1",
        "/healthz",
        "/metrics?x=y",
        "OPTIONS",
        "TRACE",
        "kube-probe/1.30",
        "GoogleHC/1.0",
        "for=192.0.2.7;host=x",
        "../..",
    ];
    let mut client = Conversation::with(&server);
    let mut passed = 0;
    for n in 0..10_000 {
        let mut fields = Vec::new();
        for _ in 0..chance.below(8) {
            let name = names[usize::try_from(chance.below(16)).unwrap()];
            let value = values[usize::try_from(chance.below(10)).unwrap()];
            fields.push((name, value));
        }
        let is_valid = n % 2 == 0;
        if is_valid {
            fields.push(("Authorization", &bearer));
        }
        let reply = client.ask("GET /verify", &fields);
        assert_eq!(reply.status, if is_valid { 204 } else { 401 }, "{fields:?}");
        passed += u32::from(is_valid);
        if is_valid {
            assert_eq!(identity(&reply)[0], "github");
        }
    }
    assert_eq!(passed, 5_000);
}
