//! The door for proxies.

use super::Running;
use crate::support::test_home::TestHome;

#[test]
fn a_token_passes_until_it_is_revoked() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let server = Running::start(&home, &[]);
    let passed = server.verify(&token);
    assert_eq!(passed.status, 204);
    assert_eq!(passed.field("cache-control"), Some("no-store"));
    home.done(&["token", "revoke", "github/laptop", "--yes"]);
    let refused = server.verify(&token);
    assert_eq!((refused.status, refused.body.len()), (401, 0));
    assert_eq!(refused.field("content-length"), Some("0"));
    let line = server.line(|line| line["status"] == 401);
    assert_eq!(line["reason"], "revoked");
    assert_eq!(line["profile"], "github");
}

#[test]
fn a_closed_door_is_not_there() {
    let home = TestHome::with_sample_data();
    let server = Running::start(&home, &["--doors", "token"]);
    assert_eq!(server.ask("GET /verify", &[]).status, 404);
}
