//! What an operator is told of a session token that is not valid any more because of what it was made
//! from.

use hallpass::ops::verify;

use super::*;

/// What the check of `reason`, the first that fails, found.
#[track_caller]
fn found(bench: &mut TestStore, held: &Held, reason: Reason) -> String {
    let told = verify::explain(&mut bench.core, &held.token, &Asked::default()).unwrap();
    assert_eq!(told.verdict.reason, reason);
    let check = told.checks.iter().find(|it| it.check == reason);
    check.unwrap().found.clone().unwrap()
}

fn suspend(bench: &mut TestStore, address: &str) {
    token::suspend(&mut bench.core, &[at(address)], &Suspend::default()).unwrap();
}

#[test]
fn of_a_suspension() {
    let mut bench = bench();
    let parent = bench.token("ci/laptop");
    let made = from(&mut bench, &parent);
    suspend(&mut bench, "ci/laptop");
    let then = bench.now();
    let expected = format!("token that it was made from suspended {then}, until it is resumed");
    assert_eq!(found(&mut bench, &made, Reason::TokenSuspended), expected);
    // Its own comes first.
    suspend(&mut bench, &made.summary.id.to_string());
    let expected = format!("token suspended {then}, until it is resumed");
    assert_eq!(found(&mut bench, &made, Reason::TokenSuspended), expected);
    token::resume(&mut bench.core, &[at("ci/laptop")]).unwrap();
    assert_eq!(found(&mut bench, &made, Reason::TokenSuspended), expected);
}

#[test]
fn nothing_of_a_suspension_that_is_over() {
    let mut bench = bench();
    let parent = bench.token("ci/laptop");
    let made = from(&mut bench, &parent);
    let minute = Suspend {
        until: Some(p("1m")),
        ..Suspend::default()
    };
    token::suspend(&mut bench.core, &[at("ci/laptop")], &minute).unwrap();
    bench.wait(61);
    let told = verify::explain(&mut bench.core, &made.token, &Asked::default()).unwrap();
    assert!(told.verdict.valid);
    let check = told
        .checks
        .iter()
        .find(|it| it.check == Reason::TokenSuspended);
    assert_eq!(check.unwrap().found.as_deref(), Some("not suspended"));
}

#[test]
fn of_a_token_that_ended() {
    let mut bench = bench();
    let parent = bench.token("ci/laptop");
    let made = from(&mut bench, &parent);
    bench.revoke("ci/laptop");
    let expected = format!(
        "token `laptop` that it was made from revoked {}",
        bench.now()
    );
    assert_eq!(found(&mut bench, &made, Reason::Revoked), expected);
    token::prune(&mut bench.core, &[at(&parent.summary.id.to_string())]).unwrap();
    let expected = "the token that it was made from is gone";
    assert_eq!(found(&mut bench, &made, Reason::Revoked), expected);
}

#[test]
fn of_a_password_that_changed() {
    let mut bench = bench();
    let made = signed_in(&mut bench);
    password::set(
        &mut bench.core,
        &p("ci"),
        &secret("quarry-lemon-spindle-17"),
    )
    .unwrap();
    let expected = "the password that it was made from was changed or removed";
    assert_eq!(found(&mut bench, &made, Reason::Revoked), expected);
}
