//! Posts forms and documents, and holds the answers against what every one of them has.

use std::io::Write as _;

use data_encoding::BASE64;
use serde_json::Value;

use super::{Reply, Running, described};
use crate::support::test_home::TestHome;

/// The password of profile `github` in [`home`].
pub(crate) const PASSWORD: &str = "umbrella-vortex-lantern-88";

const FORM: &str = "application/x-www-form-urlencoded";

/// Connections `ci`, `hr`; profile `github`, restricted to both, with a password.
pub(crate) fn home() -> TestHome {
    let home = TestHome::with_sample_data();
    home.done(&["profile", "edit", "github", "--add-connection", "hr"]);
    set_password(&home, PASSWORD);
    home
}

pub(crate) fn set_password(home: &TestHome, password: &str) {
    let set = ["password", "set", "github", "--password-file", "-", "--yes"];
    let answer = home.piped(&set, password);
    assert_eq!(answer.code, 0, "{answer:?}");
}

/// The value of `Authorization` for a client.
pub(crate) fn basic(client: &str, secret: &str) -> String {
    format!(
        "Basic {}",
        BASE64.encode(format!("{client}:{secret}").as_bytes())
    )
}

/// A token whose last character is another one than it was.
pub(crate) fn mistyped(token: &str) -> String {
    let start = &token[..token.len() - 1];
    let other = if token.ends_with('x') { 'y' } else { 'x' };
    format!("{start}{other}")
}

impl Running {
    /// Posts a form.
    #[track_caller]
    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)], form: &str) -> Reply {
        let with_type = [&[("Content-Type", FORM)], fields].concat();
        self.post_body(path, &with_type, form.as_bytes())
    }

    /// Posts a body, with these fields in the head.
    #[track_caller]
    pub(crate) fn post_body(&self, path: &str, fields: &[(&str, &str)], body: &[u8]) -> Reply {
        let mut stream = self.connect();
        let length = body.len();
        let mut head =
            format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n");
        for (name, value) in fields {
            head.extend([*name, ": ", *value, "\r\n"]);
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        // A body that is too long is refused before it is sent.
        let _ = stream.write_all(body);
        let reply = Reply::read(&mut stream, false);
        described::judge(&format!("POST {path}"), &reply);
        reply
    }

    /// Asks for a session token, as a client with this secret.
    #[track_caller]
    pub(crate) fn session(&self, secret: &str, more: &str) -> Reply {
        let client = basic("github", secret);
        let form = format!("grant_type=client_credentials{more}");
        self.post("/token", &[("Authorization", &client)], &form)
    }
}

impl Reply {
    /// Its document.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The token of an answer that has one.
    #[track_caller]
    pub(crate) fn access_token(&self) -> String {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        assert_eq!(self.field("content-type"), Some("application/json"));
        assert_eq!(self.field("cache-control"), Some("no-store"));
        assert_eq!(self.field("pragma"), Some("no-cache"));
        let document = self.json();
        assert_eq!(document["token_type"], "Bearer");
        document["access_token"].as_str().unwrap().to_owned()
    }

    /// That it is this error of OAuth, and says nothing else.
    #[track_caller]
    pub(crate) fn is_oauth_error(&self, status: u16, code: &str) {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(
            (self.status, &*text),
            (status, &*format!(r#"{{"error":"{code}"}}"#))
        );
        assert_eq!(self.field("content-type"), Some("application/json"));
        assert_eq!(self.field("cache-control"), Some("no-store"));
        let challenged = self.field("www-authenticate");
        let basic = r#"Basic realm="hallpass", charset="UTF-8""#;
        assert_eq!(challenged, (status == 401).then_some(basic));
    }

    /// That it is a problem document.
    #[track_caller]
    pub(crate) fn is_problem(&self, status: u16) {
        assert_eq!(
            self.status,
            status,
            "{}",
            String::from_utf8_lossy(&self.body)
        );
        assert_eq!(self.field("content-type"), Some("application/problem+json"));
        assert_eq!(self.json()["status"], status);
    }
}
