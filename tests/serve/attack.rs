//! What somebody who means harm, or an odd store, must not achieve.

use std::collections::VecDeque;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use data_encoding::BASE64;

use super::Running;
use crate::support::test_home::TestHome;

/// A proxy that is not trusted has 256 connections for all of its clients.
#[test]
fn guessed_passwords_do_not_use_up_the_connections_of_a_proxy() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let server = Running::start(&home, &[]);
    let address = server.address();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| guess(address, &is_over));
        }
        // By then all connections would wait.
        thread::sleep(Duration::from_secs(1));
        let passed = (0..100).filter(|_| is_let_through(address, &token));
        let passed = passed.count();
        is_over.store(true, Ordering::Relaxed);
        assert_eq!(passed, 100);
    });
}

/// Opens connections, and guesses a password on each; 25 of them stay open.
fn guess(address: SocketAddr, is_over: &AtomicBool) {
    let mut open = VecDeque::new();
    while !is_over.load(Ordering::Relaxed) {
        let Ok(mut stream) = TcpStream::connect(address) else {
            continue;
        };
        let guess = BASE64.encode(format!("nobody:{}", stream.local_addr().unwrap()).as_bytes());
        let head = format!("GET /verify HTTP/1.1\r\nAuthorization: Basic {guess}\r\n\r\n");
        // Refused once there are too many.
        let _ = stream.write_all(head.as_bytes());
        open.push_back(stream);
        if open.len() > 25 {
            open.pop_front();
        }
        thread::sleep(Duration::from_millis(8));
    }
}

fn is_let_through(address: SocketAddr, token: &str) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let head = "GET /verify HTTP/1.1\r\nConnection: close\r\n";
        write!(stream, "{head}Authorization: Bearer {token}\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 204 "))
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

/// Strangers who open connections must not take the files that a look at the store needs.
#[test]
fn with_few_descriptors_there_are_fewer_connections() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let served = home.command(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--metrics-listen",
        "off",
    ]);
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -n 160 && exec \"$0\" \"$@\""]);
    limited.arg(served.get_program()).args(served.get_args());
    limited.env_clear().current_dir(home.path());
    for (name, value) in served.get_envs() {
        value.map(|value| limited.env(name, value));
    }
    let server = Running::spawn(limited);
    assert_eq!(
        server.line(|line| line["event"] == "few_descriptors")["connections"],
        40
    );
    let listening = server.line(|line| line["event"] == "listening");
    let address = listening["address"].as_str().unwrap().parse().unwrap();
    let open: Vec<_> = (0..250)
        .filter_map(|_| {
            let mut stream = TcpStream::connect(address).ok()?;
            stream.write_all(b"GET /verify HTTP/1.1\r\n").ok()?;
            Some(stream)
        })
        .collect();
    for _ in 0..4 {
        assert!(is_let_through(address, &token));
        // So often the store is looked at.
        thread::sleep(Duration::from_millis(400));
    }
    drop(open);
}

/// The memory has no place for a store that outgrows it while it is served.
#[test]
fn a_store_that_outgrows_the_memory_is_judged_by_its_newest_state() {
    let home = TestHome::with_sample_data();
    let first = home.token(&["github/first"]);
    let mut settings = std::fs::read_to_string(home.config()).unwrap();
    settings.push_str("\n[serve]\ntable_limit = 2\n");
    std::fs::write(home.config(), settings).unwrap();
    let server = Running::start(&home, &[]);
    let loaded = server.line(|line| line["event"] == "loaded");
    assert_eq!(loaded["tokens"], 1);
    for name in ["github/second", "github/third", "github/fourth"] {
        let token = home.token(&[name]);
        for presented in [&token, &first] {
            assert_eq!(server.verify(presented).status, 204, "{name}");
        }
        home.done(&["token", "revoke", name, "--yes"]);
        assert_eq!(server.verify(&token).status, 401, "{name}");
        assert_eq!(server.verify(&first).status, 204, "{name}");
    }
}

#[test]
fn a_store_that_fits_into_the_memory_again_is_loaded_again() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/first"]);
    let mut settings = std::fs::read_to_string(home.config()).unwrap();
    settings.push_str("\n[serve]\ntable_limit = 1\n");
    std::fs::write(home.config(), settings).unwrap();
    let server = Running::start(&home, &[]);
    server.line(|line| line["event"] == "loaded");
    // A second one, until it turns out that it cannot be delivered.
    let sink = ["--to", "command:sleep 3; false", "--connection", "ci"];
    let second = [&["token", "add", "github/second"], &sink[..]].concat();
    let mut adding = home.command(&second).spawn().unwrap();
    let begun = std::time::Instant::now();
    while begun.elapsed() < Duration::from_secs(2) {
        assert_eq!(server.verify(&token).status, 204);
        thread::sleep(Duration::from_millis(50));
    }
    server.line(|line| line["event"] == "too_large");
    assert!(!adding.wait().unwrap().success());
    let loaded = server.line(|line| line["event"] == "loaded");
    assert_eq!(loaded["tokens"], 1);
    assert_eq!(server.verify(&token).status, 204);
}
