//! Basic: a token as a password, and a profile's password.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::thread;
use std::time::Instant;

use data_encoding::BASE64;

use super::posting::mistyped;
use super::{Conversation, Reply, Running};
use crate::support::test_home::TestHome;

const PASSWORD: &str = "umbrella-vortex-lantern-88";

fn basic(user: &str, password: &str) -> String {
    format!(
        "Basic {}",
        BASE64.encode(format!("{user}:{password}").as_bytes())
    )
}

fn with_password() -> TestHome {
    let home = TestHome::with_sample_data();
    set_password(&home, PASSWORD);
    home
}

fn set_password(home: &TestHome, password: &str) {
    let set = ["password", "set", "github", "--password-file", "-", "--yes"];
    let set = home.piped(&set, password);
    assert_eq!(set.code, 0, "{set:?}");
}

fn ask(server: &Running, target: &str, user: &str, password: &str) -> Reply {
    let credential = basic(user, password);
    server.ask(&format!("GET {target}"), &[("Authorization", &credential)])
}

/// How many passwords were compared, by the audit log.
fn hashes(home: &TestHome) -> usize {
    let listed = home.json(&["audit", "list", "--limit", "1000"]);
    let text = listed.to_string();
    text.matches("\"password.verify\"").count()
}

#[test]
fn a_token_is_a_password_for_its_profile_and_costs_no_hash() {
    let home = with_password();
    let token = home.token(&["github/laptop"]);
    let server = Running::start(&home, &[]);
    for user in ["", "token", "TOKEN", "github", "GitHub"] {
        let passed = ask(&server, "/verify", user, &token);
        assert_eq!(passed.status, 204, "{user}");
        assert_eq!(passed.field("hallpass-token"), Some("laptop"));
    }
    for user in ["ci", "x", "github ", "tokens"] {
        let refused = ask(&server, "/verify", user, &token);
        assert_eq!(refused.status, 401, "{user}");
    }
    assert_eq!(
        server.line(|line| line["status"] == 401)["reason"],
        "wrong_password"
    );
    let mistyped = mistyped(&token);
    assert_eq!(ask(&server, "/verify", "github", &mistyped).status, 401);
    assert_eq!(ask(&server, "/verify", "", "whatever").status, 401);
    // It is bound as anywhere else, and whoever names another profile learns nothing of it.
    assert_eq!(
        ask(&server, "/verify?connection=hr", "github", &token).status,
        403
    );
    assert_eq!(
        ask(&server, "/verify?connection=hr", "ci", &token).status,
        401
    );
    assert_eq!(hashes(&home), 0);
}

#[test]
fn a_token_of_another_system_is_a_password_too() {
    let home = with_password();
    let foreign = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
    std::fs::write(home.path().join("foreign"), foreign).unwrap();
    home.done(&["token", "add", "github/foreign", "--value-file", "foreign"]);
    let server = Running::start(&home, &[]);
    assert_eq!(ask(&server, "/verify", "github", foreign).status, 204);
    assert_eq!(ask(&server, "/verify", "", foreign).status, 204);
    assert_eq!(ask(&server, "/verify", "other", foreign).status, 401);
    assert_eq!(hashes(&home), 0);
    // One that is not known may be a password.
    assert_eq!(ask(&server, "/verify", "github", PASSWORD).status, 204);
    assert_eq!(hashes(&home), 1);
}

#[test]
fn a_password_passes_as_its_profile() {
    let home = with_password();
    let server = Running::start(&home, &[]);
    let passed = ask(
        &server,
        "/verify?connection=ci&device=x",
        "GitHub",
        PASSWORD,
    );
    assert_eq!(passed.status, 204);
    for (name, value) in [
        ("hallpass-profile", "github"),
        ("hallpass-token", "-"),
        ("hallpass-token-id", "-"),
        ("hallpass-connection", "ci"),
        ("hallpass-environment", "-"),
        ("hallpass-device", "-"),
        ("hallpass-expires", "-"),
    ] {
        assert_eq!(passed.field(name), Some(value));
    }
    let line = server.line(|line| line["status"] == 204);
    assert_eq!(line["profile"], "github");
    assert_eq!(line["connection"], "ci");
    // The rule for its tokens holds for it.
    let status = |target: &str| ask(&server, target, "github", PASSWORD).status;
    assert_eq!(status("/verify?connection=hr"), 403);
    assert_eq!(status("/authz/ci/-/x"), 200);
    assert_eq!(status("/verify?connection=nowhere"), 403);
    home.done(&[
        "connection",
        "edit",
        "ci",
        "--add-allow-ip",
        "192.0.2.7",
        "--yes",
    ]);
    assert_eq!(status("/verify?connection=ci"), 403);
    assert_eq!(status("/verify"), 204);
    home.done(&[
        "connection",
        "edit",
        "ci",
        "--any-ip",
        "--group",
        "g",
        "--yes",
    ]);
    assert_eq!(status("/verify?connection=ci"), 403);
    home.done(&["connection", "edit", "ci", "--group", "", "--yes"]);
    home.done(&["connection", "block", "ci", "--yes"]);
    assert_eq!(status("/verify?connection=ci"), 403);
    assert_eq!(hashes(&home), 1);
}

#[test]
fn equal_requests_cost_one_hash_and_every_change_counts_for_the_next() {
    let home = with_password();
    let server = Running::start(&home, &[]);
    let credential = basic("github", PASSWORD);
    let address = server.address();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut client = Conversation::to(address);
                for _ in 0..1_250 {
                    let reply = client.ask("GET /verify", &[("Authorization", &credential)]);
                    assert_eq!(reply.status, 204);
                }
            });
        }
    });
    assert_eq!(hashes(&home), 1);
    let status = |password: &str| ask(&server, "/verify", "github", password).status;
    home.done(&["profile", "suspend", "github", "--yes"]);
    assert_eq!(status(PASSWORD), 401);
    home.done(&["profile", "resume", "github"]);
    assert_eq!(status(PASSWORD), 204);
    assert_eq!(hashes(&home), 1);
    let other = "lantern-umbrella-vortex-99";
    set_password(&home, other);
    assert_eq!(status(PASSWORD), 401);
    assert_eq!(status(other), 204);
    // The same text is another password once it was set again.
    set_password(&home, other);
    let before = hashes(&home);
    assert_eq!(status(other), 204);
    assert_eq!(hashes(&home), before + 1);
    home.done(&["password", "clear", "github", "--yes"]);
    assert_eq!(status(other), 401);
    set_password(&home, other);
    assert_eq!(status(other), 204);
    home.done(&["profile", "delete", "github", "--yes"]);
    assert_eq!(status(other), 401);
}

#[test]
fn a_failure_is_never_remembered_and_waits_as_a_stranger_does() {
    let home = with_password();
    home.done(&["profile", "add", "bare"]);
    let server = Running::start(&home, &[]);
    let mut firsts = Vec::new();
    for user in ["github", "bare", "nobody"] {
        let mut replies = Vec::new();
        for _ in 0..5 {
            replies.push(ask(&server, "/verify", user, "wrong-password").whole());
        }
        assert!(
            replies
                .iter()
                .all(|reply| *reply == replies[0] && reply.0 == 401),
            "{user}"
        );
        firsts.push(replies.swap_remove(0));
        let slowed = ask(&server, "/verify", user, PASSWORD);
        // The delay is a second, which may be over by now.
        if slowed.status == 429 {
            let wait: u32 = slowed.field("retry-after").unwrap().parse().unwrap();
            assert!((1..=2).contains(&wait), "{wait}");
            assert_eq!(slowed.field("content-length"), Some("0"));
            assert_eq!(
                server.line(|line| line["status"] == 429)["reason"],
                "throttled"
            );
        }
    }
    assert!(firsts.windows(2).all(|pair| pair[0] == pair[1]));
    // A token is not slowed by the failures of others.
    let token = home.token(&["github/laptop"]);
    assert_eq!(ask(&server, "/verify", "github", &token).status, 204);
}

/// Behind a proxy, failures count for the address that they come from.
#[test]
fn one_address_that_guesses_slows_only_itself() {
    let home = with_password();
    let token = home.token(&["github/laptop"]);
    let server = Running::start(&home, &["--trust-proxy", "127.0.0.1"]);
    let ask = |address: &str, user: &str, password: &str| {
        let credential = basic(user, password);
        let fields = [
            ("Authorization", credential.as_str()),
            ("X-Forwarded-For", address),
        ];
        server.ask("GET /verify", &fields)
    };
    let mut slowed = None;
    for n in 0..40 {
        let reply = ask("2001:db8::7", &format!("name{n}"), "wrong-password");
        if reply.status == 429 {
            slowed = Some((n, reply));
            break;
        }
        assert_eq!(reply.status, 401);
    }
    let (n, reply) = slowed.expect("the budget has an end");
    assert!(n >= 20, "{n}");
    assert!(reply.field("retry-after").is_some());
    assert_eq!(ask("2001:db8::8", "other", "wrong-password").status, 429);
    assert_eq!(ask("2001:db8:0:1::7", "github", PASSWORD).status, 204);
    assert_eq!(ask("192.0.2.7", "other", "wrong-password").status, 401);
    // What is proven already, and tokens, are not slowed even from there.
    assert_eq!(ask("2001:db8::7", "github", PASSWORD).status, 204);
    assert_eq!(ask("2001:db8::7", "github", &token).status, 204);
}

/// Tries passwords at once, each on a connection of its own. Returns how often each status came.
fn at_once(
    server: &Running,
    request: &str,
    from: &str,
    tries: &[(String, &str)],
) -> BTreeMap<u16, usize> {
    let mut came = BTreeMap::new();
    thread::scope(|scope| {
        let trying: Vec<_> = tries
            .iter()
            .map(|(user, password)| {
                let credential = basic(user, password);
                let body = format!(r#"{{"profile":"{user}","password":"{password}"}}"#);
                let length = body.len();
                let request = format!(
                    "{request} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {from}\r\n\
                     Authorization: {credential}\r\nContent-Type: application/json\r\n\
                     Content-Length: {length}\r\n\r\n{body}"
                );
                let mut stream = server.connect();
                scope.spawn(move || {
                    stream.write_all(request.as_bytes()).unwrap();
                    Reply::read(&mut stream, false).status
                })
            })
            .collect();
        for it in trying {
            *came.entry(it.join().unwrap()).or_default() += 1;
        }
    });
    came
}

/// Behind a proxy, no more passwords are compared than an address may fail with, however many come
/// at once.
#[test]
fn attempts_at_once_share_the_budget_of_their_address() {
    let home = with_password();
    // The last one is a client that the proxy does not name.
    for (request, from) in [
        ("GET /verify", "192.0.2.7"),
        ("POST /login", "192.0.2.7"),
        ("GET /verify", "192.0.2.7, junk"),
    ] {
        let options = ["--doors", "verify,token", "--trust-proxy", "127.0.0.1"];
        let server = Running::start(&home, &options);
        let before = hashes(&home);
        let begun = Instant::now();
        let (mut compared, mut refused) = (0, 0);
        // A slow machine refuses those that wait for two seconds, and they come again.
        for round in 0.. {
            let name = |n| (format!("n{round}-{n}"), "wrong-password");
            let wrong: Vec<_> = (0..60).map(name).collect();
            let came = at_once(&server, request, from, &wrong);
            assert!(
                came.keys().all(|it| [401, 429, 503].contains(it)),
                "{came:?}"
            );
            let of = |status| came.get(&status).copied().unwrap_or_default();
            compared += of(401);
            refused += of(429);
            if of(429) == 60 {
                break;
            }
        }
        // One is paid off every six seconds.
        let most = 20 + usize::try_from(begun.elapsed().as_secs() / 6).unwrap();
        assert!(
            (20..=most).contains(&compared),
            "{request}: {compared} of {most}"
        );
        assert!(refused >= 60);
        if request == "GET /verify" {
            assert_eq!(hashes(&home) - before, compared);
        }
    }
}

#[test]
fn a_right_password_that_comes_often_at_once_spends_nothing() {
    let home = with_password();
    let server = Running::start(&home, &["--trust-proxy", "127.0.0.1"]);
    let right: Vec<_> = (0..60).map(|_| ("github".to_owned(), PASSWORD)).collect();
    for _ in 0..2 {
        let came = at_once(&server, "GET /verify", "192.0.2.7", &right);
        assert_eq!(came, BTreeMap::from([(204, right.len())]));
    }
    let wrong = [("github".to_owned(), "wrong-password")];
    let came = at_once(&server, "GET /verify", "192.0.2.7", &wrong);
    assert_eq!(came, BTreeMap::from([(401, 1)]));
}
