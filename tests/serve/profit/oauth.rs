//! `oauth/token`: the flow's own successor.

use super::Flow;
use crate::serve::posting::basic;
use crate::serve::{Reply, Running};

const GRANT: &str = "grant_type=client_credentials";

fn post(server: &Running, client: Option<(&str, &str)>, form: &str) -> Reply {
    let authorization = client.map(|(id, secret)| basic(id, secret));
    let mut head = vec![("Content-Type", "application/x-www-form-urlencoded")];
    if let Some(value) = &authorization {
        head.push(("Authorization", value));
    }
    let path = "/ProfitRestServices/OAuth/Token";
    server.post_body(path, &head, form.as_bytes())
}

#[test]
fn a_client_is_a_profile_or_the_key_of_a_connection() {
    let flow = Flow::new();
    let server = flow.start();
    let token = flow.home.token(&["ci/laptop", "--connection", "hr"]);
    for id in ["ci", &*flow.api_key, &*flow.api_key.to_lowercase()] {
        let session = post(&server, Some((id, &token)), GRANT).access_token();
        assert_eq!(server.verify(&session).status, 204);
        let form = format!("{GRANT}&client_id={id}&client_secret={token}&scope=hr");
        let made = post(&server, None, &form);
        assert_eq!(made.field("access-control-allow-origin"), Some("*"));
        assert_eq!(made.json()["scope"], "hr");
        made.access_token();
        let plain = server.profit("oauth/token", &form);
        plain.access_token();
    }
    let json = format!(
        r#"{{"grant_type":"client_credentials","client_id":"{}","client_secret":"{token}"}}"#,
        flow.api_key
    );
    server.profit("oauth/token", &json).access_token();
}

#[test]
fn the_secret_of_a_key_is_a_token_that_is_valid_for_its_connection() {
    let flow = Flow::new();
    flow.home.done(&["connection", "add", "other"]);
    let add = ["profile", "edit", "ci", "--add-connection", "other"];
    flow.home.done(&add);
    let other = flow.home.token(&["ci/elsewhere", "--connection", "other"]);
    let right = flow.home.token(&["ci/laptop", "--connection", "hr"]);
    let server = flow.start();
    let key = &*flow.api_key;
    for secret in [&*other, "a password", "hpass_x"] {
        let refused = post(&server, Some((key, secret)), GRANT);
        refused.is_oauth_error(401, "invalid_client");
    }
    let line = server.line(|line| line["reason"] == "wrong_connection");
    assert_eq!([&line["profile"], &line["connection"]], ["ci", "other"]);
    let scope = format!("{GRANT}&scope=other");
    post(&server, Some((key, &right)), &scope).is_oauth_error(400, "invalid_scope");
    let unknown = "0".repeat(32);
    post(&server, Some((&unknown, &right)), GRANT).is_oauth_error(401, "invalid_client");
    // Whoever is no client learns neither about the scope nor about the key.
    let form = |connection: &str| format!("{GRANT}&scope={connection}");
    for (secret, scope) in [("hpass_x", "other"), (&*other, "other"), (&*other, "hr")] {
        let known = post(&server, Some((key, secret)), &form(scope));
        known.is_oauth_error(401, "invalid_client");
        let stranger = post(&server, Some((&unknown, secret)), &form(scope));
        assert_eq!(stranger.whole(), known.whole(), "{secret} {scope}");
    }
    let twice = format!("{GRANT}&{GRANT}");
    post(&server, Some((key, &right)), &twice).is_oauth_error(400, "invalid_request");
    let both = format!("{GRANT}&client_secret={right}");
    post(&server, Some((key, &right)), &both).is_oauth_error(400, "invalid_request");
    flow.home.done(&["token", "revoke", "ci/laptop", "--yes"]);
    post(&server, Some((key, &right)), GRANT).is_oauth_error(401, "invalid_client");
}
