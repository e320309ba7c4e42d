//! What somebody who means harm, or an odd store, must not achieve.

use std::io::Write as _;

use data_encoding::BASE64;

use super::Running;
use crate::support::test_home::TestHome;

/// A proxy that is not trusted has 256 connections for all of its clients.
#[test]
fn guessed_passwords_do_not_use_up_the_connections_of_a_proxy() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let server = Running::start(&home, &[]);
    let guesses: Vec<_> = (0..400)
        .map(|n| {
            let guess = BASE64.encode(format!("name{n}:wrong-password").as_bytes());
            let mut guess_of = server.connect();
            let head = format!("GET /verify HTTP/1.1\r\nAuthorization: Basic {guess}\r\n\r\n");
            // Refused without an answer once there are too many.
            let _ = guess_of.write_all(head.as_bytes());
            guess_of
        })
        .collect();
    for _ in 0..20 {
        assert_eq!(server.verify(&token).status, 204);
    }
    drop(guesses);
}

#[test]
fn a_token_with_thousands_of_address_rules_is_served_as_any_other() {
    let home = TestHome::with_sample_data();
    let ranges: Vec<String> = (0..5_000u32)
        .map(|n| format!("2001:db8:{:x}:{:x}::/64", n >> 8, (n & 0xff) + 0x1000))
        .collect();
    let mut command = vec!["github/wide", "--allow-ip", "127.0.0.1"];
    for range in &ranges {
        command.extend(["--allow-ip", range]);
    }
    let wide = home.token(&command);
    let other = home.token(&["github/laptop"]);
    let server = Running::start(&home, &[]);
    server.line(|line| line["event"] == "loaded");
    assert_eq!(server.verify(&wide).status, 204);
    assert_eq!(server.verify(&other).status, 204);
}
