//! `POST /login`: a password for a session token.

use std::io::Write as _;

use super::posting::{PASSWORD, home};
use super::{Reply, Running};

const DOOR: [&str; 2] = ["--doors", "token,verify"];

fn sign_in(server: &Running, profile: &str, password: &str) -> Reply {
    server.post(
        "/login",
        &[],
        &format!("profile={profile}&password={password}"),
    )
}

#[test]
fn a_password_is_exchanged_for_a_session_token() {
    let home = home();
    home.done(&["environment", "add", "test"]);
    let server = Running::start(&home, &DOOR);
    let form = format!("profile=github&password={PASSWORD}&connection=ci&environment=test");
    let made = server.post("/login", &[], &form);
    let session = made.access_token();
    assert_eq!(
        (&made.json()["scope"], &made.json()["expires_in"]),
        (&"ci".into(), &3600.into())
    );
    assert_eq!(server.verify(&session).status, 204);
    let listed = home.json(&["token", "list"]);
    assert_eq!(
        (&listed[0]["environment"], &listed[0]["session"]),
        (&"test".into(), &true.into())
    );
    assert!(listed[0]["parent"].is_null());
    let json = format!(r#"{{"profile":"github","password":"{PASSWORD}","connection":null}}"#);
    let head = [("Content-Type", "application/json")];
    server
        .post_body("/login", &head, json.as_bytes())
        .access_token();
}

#[test]
fn whoever_is_not_let_in_gets_one_answer() {
    let home = home();
    home.done(&["profile", "add", "bare", "--connection", "ci"]);
    let server = Running::start(&home, &DOOR);
    let mut answers = Vec::new();
    for profile in ["github", "bare", "nobody", "not%20a%2Fname"] {
        let refused = sign_in(&server, profile, "wrong");
        refused.is_problem(401);
        assert_eq!(refused.field("www-authenticate"), Some("Bearer"));
        answers.push((refused.fields, refused.body));
    }
    home.done(&["profile", "suspend", "github", "--yes"]);
    let suspended = sign_in(&server, "github", PASSWORD);
    answers.push((suspended.fields, suspended.body));
    for (mut fields, body) in answers.clone() {
        let mut first = answers[0].0.clone();
        for head in [&mut fields, &mut first] {
            head.retain(|(name, _)| name != "date");
        }
        assert_eq!((fields, body), (first, answers[0].1.clone()));
    }
}

#[test]
fn wrong_passwords_are_delayed_and_the_delay_is_told() {
    let home = home();
    let server = Running::start(&home, &DOOR);
    for _ in 0..5 {
        sign_in(&server, "github", "wrong").is_problem(401);
    }
    let throttled = (0..6).map(|_| sign_in(&server, "github", "wrong"));
    let throttled = throttled
        .into_iter()
        .find(|reply| reply.status == 429)
        .unwrap();
    throttled.is_problem(429);
    assert!(
        throttled
            .field("retry-after")
            .unwrap()
            .parse::<u64>()
            .unwrap()
            >= 1
    );
}

#[test]
fn what_is_not_a_sign_in_is_refused() {
    let home = home();
    let server = Running::start(&home, &DOOR);
    let password = format!("profile=github&password={PASSWORD}");
    let twice = format!("{password}&profile=github");
    let connection = format!("{password}&connection=%20");
    for form in ["", "profile=github", "password=x", &twice, &connection] {
        server.post("/login", &[], form).is_problem(400);
    }
    let elsewhere = server.post("/login", &[], &format!("{password}&connection=nowhere"));
    elsewhere.is_problem(403);
    server.post_body("/login", &[], b"x").is_problem(415);
}

#[test]
fn clients_that_go_away_while_their_password_is_hashed_take_nothing_along() {
    let home = home();
    let server = Running::start(&home, &DOOR);
    let begin = |path: &str, form: &str| {
        let length = form.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\n{form}"
        );
        let mut stream = server.connect();
        stream.write_all(request.as_bytes()).unwrap();
        stream
    };
    let unknown = "token=hpass_063UfDVRKBz000A7dl5PEW67zZCpFU9uKaHnGgOvQKAR4bj7ez";
    for _ in 0..5 {
        for _ in 0..4 {
            drop(begin("/login", "profile=nobody&password=wrong"));
        }
        let asked: Vec<_> = (0..16).map(|_| begin("/revoke", unknown)).collect();
        for mut stream in asked {
            assert_eq!(Reply::read(&mut stream, false).status, 200);
        }
    }
}
