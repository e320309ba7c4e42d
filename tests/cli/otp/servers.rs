//! A code whose mail a server may have taken: it is good, and what is in doubt is said.

use super::*;
use crate::support::smtp::{Manner, Plan, Server, Speaks};

/// As [`stage`], with a mail server on this machine.
fn stage_with(plan: Plan) -> (TestHome, Server) {
    let (stage, server) = (stage(), plan.serve());
    let url = format!("smtp://localhost:{}", server.port());
    stage.done(&[
        "mail",
        "set",
        &url,
        "--from",
        "noreply@example.com",
        "--insecure-plain",
    ]);
    (stage, server)
}

#[test]
fn a_mail_that_may_have_arrived_is_a_warning_and_its_code_is_good() {
    let (stage, server) = stage_with(Plan::new(Speaks::Plain).at(".", Manner::Swallow));
    let asked = stage.done(&[&REQUEST[..], &["-o", "json"]].concat());
    let said: Value = serde_json::from_str(&asked.out).unwrap();
    assert_eq!(said["delivery"], "uncertain");
    assert!(
        said["cause"]
            .as_str()
            .unwrap()
            .contains("it may have accepted the message"),
        "{said}"
    );
    assert!(
        asked
            .err
            .contains("warning: the message to anna@example.com may or may not have been sent")
    );
    assert!(asked.err.contains("it is not sent again"), "{}", asked.err);
    let listed = stage.json(&["otp", "list"]);
    assert_eq!(
        (&listed[0]["delivery"], &listed[0]["cause"]),
        (&said["delivery"], &said["cause"])
    );
    let none = stage.json(&["mail", "send"]);
    assert_eq!(
        (&none["waiting"], server.seen(|seen| seen.calls)),
        (&0.into(), 1)
    );
    let mail = String::from_utf8(server.mail().bytes).unwrap();
    assert_eq!(stage.piped(&VALIDATE, code(&mail)).code, 0);
}
