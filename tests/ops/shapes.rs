//! The JSON that `docs/json.md` promises, field by field and in its order.

use hallpass::ops::verify::{Asked, Verdict};
use hallpass::ops::{connection, environment, password, profile};
use hallpass::secret::SecretText;
use serde::Serialize;
use serde_json::{Value, json};

use super::fixture::{TestStore, p};

/// The JSON of a value, whose fields must come in the order of `names`.
fn ordered(value: &impl Serialize, names: &[&str]) -> Value {
    let text = serde_json::to_string(value).unwrap();
    let places: Vec<_> = names
        .iter()
        .map(|name| text.find(&format!("\"{name}\":")).unwrap())
        .collect();
    assert!(places.is_sorted(), "{text}");
    json(value)
}

fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

#[test]
fn an_environment() {
    let mut bench = TestStore::new();
    let shown = environment::show(&mut bench.core, &p("production")).unwrap();
    let expected = json!({
        "name": "production", "description": null, "key": shown.key.to_string(),
        "default": true, "created_at": "2026-11-24T12:00:00Z",
    });
    let names = ["name", "description", "key", "default", "created_at"];
    assert_eq!(ordered(&shown, &names), expected);
}

#[test]
fn a_connection() {
    let mut bench = TestStore::new();
    let draft = connection::Draft {
        token_lifetime: Some(p("90d")),
        allow_ip: vec![p("10.0.0.0/8")],
        ..connection::Draft::new(p("hr"))
    };
    connection::add(
        &mut bench.core,
        &draft,
        hallpass::ops::edit::IfThere::Refuse,
    )
    .unwrap();
    let shown = connection::show(&mut bench.core, &p("hr")).unwrap();
    let expected = json!({
        "name": "hr", "description": null, "api_key": shown.api_key.to_string(), "group": null,
        "token_lifetime": "90d", "allow_ip": ["10.0.0.0/8"], "deny_ip": [], "state": "active",
        "has_guide": false, "created_at": "2026-11-24T12:00:00Z", "blocked": null,
    });
    let names = [
        "name",
        "description",
        "api_key",
        "group",
        "token_lifetime",
        "allow_ip",
        "deny_ip",
        "state",
        "has_guide",
        "created_at",
    ];
    assert_eq!(ordered(&shown, &names), expected);
}

#[test]
fn a_profile() {
    let mut bench = TestStore::with_sample_data();
    let shown = profile::show(&mut bench.core, &p("ci")).unwrap();
    let expected = json!({
        "name": "ci", "email": null, "description": null, "groups": [], "connections": ["hr"],
        "state": "active", "suspended": null, "has_password": false, "tokens": 0,
        "created_at": "2026-11-24T12:00:00Z", "updated_at": "2026-11-24T12:00:00Z",
        "last_used_at": null, "failures": 0, "password_lock": null,
    });
    let names = [
        "name",
        "email",
        "description",
        "groups",
        "connections",
        "state",
        "suspended",
        "has_password",
        "tokens",
        "created_at",
        "updated_at",
        "last_used_at",
    ];
    assert_eq!(ordered(&shown, &names), expected);
    let how = hallpass::ops::Suspend {
        reason: Some(p("leave")),
        until: Some(p("1d")),
    };
    let suspended = profile::suspend(&mut bench.core, &p("ci"), &how)
        .unwrap()
        .summary;
    let expected = json!({
        "at": "2026-11-24T12:00:00Z", "reason": "leave", "until": "2026-11-25T12:00:00Z",
    });
    assert_eq!(json(&suspended)["suspended"], expected);
    assert_eq!(json(&suspended)["state"], "suspended");
}

#[test]
fn a_token() {
    let mut bench = TestStore::with_sample_data();
    let shown = bench.token("ci/laptop").summary;
    let expected = json!({
        "id": shown.id.to_string(), "name": "laptop", "profile": "ci", "connection": "hr",
        "environment": "production", "device": null, "state": "active", "effective": "valid",
        "reason": null, "allow_ip": [], "created_at": "2026-11-24T12:00:00Z",
        "expires_at": "2027-11-24T12:00:00Z", "last_used_at": null, "predecessor": null,
        "successor": null, "revoked_at": null, "suspended_until": null,
        "predecessor_last_used_at": null, "predecessor_expires_at": null,
        "successor_last_used_at": null,
        "used": "never", "predecessor_used": null, "successor_used": null, "imported": false,
        "session": false, "parent": null,
    });
    let names = [
        "id",
        "name",
        "profile",
        "connection",
        "environment",
        "device",
        "state",
        "effective",
        "reason",
        "allow_ip",
        "created_at",
        "expires_at",
        "last_used_at",
        "predecessor",
        "successor",
    ];
    assert_eq!(ordered(&shown, &names), expected);
}

#[test]
fn a_verdict() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    let verdict = bench.judge(&held, &Asked::default());
    let expected = json!({
        "valid": true, "reason": "valid", "exit": 0,
        "token": {"id": held.summary.id.to_string(), "name": "laptop"}, "profile": "ci",
        "connection": "hr", "environment": "production", "device": null,
        "expires_at": "2027-11-24T12:00:00Z",
    });
    let names = [
        "valid",
        "reason",
        "exit",
        "token",
        "profile",
        "connection",
        "environment",
        "device",
        "expires_at",
    ];
    assert_eq!(ordered(&verdict, &names), expected);
    let expected = json!({
        "valid": false, "reason": "malformed", "exit": 10, "token": null, "profile": null,
        "connection": null, "environment": null, "device": null, "expires_at": null,
    });
    assert_eq!(json(&Verdict::malformed()), expected);
}

#[test]
fn a_password_verdict() {
    let mut bench = TestStore::with_sample_data();
    let wrong = SecretText::new("wrong".to_owned());
    let verdict = password::verify(&mut bench.core, &p("ci"), &wrong).unwrap();
    let expected = json!({
        "valid": false, "reason": "wrong_password", "exit": 11, "profile": "ci",
    });
    assert_eq!(json(&verdict), expected);
}
