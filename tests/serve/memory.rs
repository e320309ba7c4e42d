//! What strangers send costs no memory that stays.
//!
//! `cargo test --release --test serve full_what_strangers -- --ignored --nocapture` prints the figures.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;

use hallpass::entropy::OsEntropy;
use hallpass::model::token::{Encoding, Token};

use super::posting::basic;
use super::{Reply, Running};
use crate::support::test_home::TestHome;

/// How many clients ask at a time.
const CLIENTS: usize = 16;

/// How much more memory the server may have than before, in KiB, once it has answered all of it.
const MORE: u64 = 48 * 1024;

/// The memory that a server has now, in KiB.
fn resident(server: &Running) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.unwrap().trim().trim_end_matches(" kB");
    kib.parse().unwrap()
}

/// Has `count` requests asked by all clients, each with another value of `Authorization`, and `more`
/// fields. Each has to be answered with one of `status`.
fn ask(
    server: &Running,
    count: usize,
    credential: impl Fn(usize) -> String + Sync,
    more: &[(&str, &str)],
    status: &[u16],
) {
    let address = server.address();
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            let credential = &credential;
            scope.spawn(move || {
                let mut stream = TcpStream::connect(address).unwrap();
                for n in (client..count).step_by(CLIENTS) {
                    let credential = credential(n);
                    let fields = [&[("Authorization", credential.as_str())][..], more].concat();
                    let reply = Reply::to(&mut stream, "GET /verify", &fields);
                    assert!(status.contains(&reply.status), "{reply:?}");
                }
            });
        }
    });
}

#[expect(
    clippy::disallowed_macros,
    clippy::print_stdout,
    reason = "the figures are what the long form is for"
)]
fn strangers(scale: usize) {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let options = ["--access-log", "off", "--max-connections", "1000"];
    let server = Running::start(&home, &options);
    server.line(|line| line["event"] == "loaded");
    let valid = |_| format!("Bearer {token}");
    ask(&server, 1000, valid, &[], &[204]);
    let before = resident(&server);
    let mut last = before;
    let mut seen = |what: &str| {
        let now = resident(&server);
        println!("{what}: {last} KiB before, {now} KiB after");
        last = now;
        now
    };
    let unknown = |_| {
        let token = Token::generate(&mut OsEntropy).unwrap();
        format!("Bearer {}", token.encode(Encoding::Native).expose())
    };
    ask(&server, 100 * scale, unknown, &[], &[401]);
    seen("unknown tokens");
    for n in 0..10 * scale {
        let mut stream = server.connect();
        if n % 2 == 0 {
            stream.write_all(b"GET /verify HTTP/1.1\r\n").unwrap();
        }
    }
    seen("connections that were opened and closed");
    let names = |n| basic(&format!("stranger-{n}"), "umbrella-vortex-lantern-88");
    ask(&server, 2 * scale, names, &[], &[401, 429, 503]);
    seen("names that nobody has");
    let long = "x".repeat(60 * 1024);
    ask(&server, 10 * scale, valid, &[("Cookie", &long)], &[204]);
    seen("heads of 60 KiB");
    let half = |n: usize| {
        let mut stream = server.connect();
        // Some end it, and some send too much.
        stream
            .write_all(b"GET /verify HTTP/1.1\r\nCookie: ")
            .unwrap();
        let length = if n.is_multiple_of(2) { 60 } else { 80 };
        // It may have refused what was sent so far.
        let _ = stream.write_all("x".repeat(length * 1024).as_bytes());
        stream
    };
    let halves: Vec<_> = (0..200).map(half).collect();
    seen("200 heads of 60 KiB and more that do not end");
    for mut stream in halves.into_iter().skip(1).step_by(2) {
        let mut answer = Vec::new();
        // What it did not read may reset the connection.
        let _ = stream.read_to_end(&mut answer);
    }
    ask(&server, 1000, valid, &[], &[204]);
    let after = seen("at the end");
    println!("in all: {before} KiB before, {after} KiB after");
    assert!(
        after < before + MORE,
        "{before} KiB have become {after} KiB"
    );
}

#[test]
fn what_strangers_send_costs_no_memory_that_stays() {
    strangers(10);
}

#[test]
#[ignore = "minutes"]
fn full_what_strangers_send_costs_no_memory_that_stays() {
    strangers(1000);
}
