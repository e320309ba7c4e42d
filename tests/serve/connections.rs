//! What connections meet: limits of time, size and number.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::net::{AddressFamily, SocketType, bind, connect, socket};
use rustix::process::{Resource, Rlimit, Signal, getrlimit, setrlimit};

use super::tls::Files;
use super::{Reply, Running};
use crate::support::test_home::TestHome;

const PATIENCE: Option<Duration> = Some(Duration::from_secs(30));

/// Whether the server has closed the connection.
fn is_closed(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    let peeked = stream.peek(&mut [0]);
    stream.set_nonblocking(false).unwrap();
    match peeked {
        Ok(count) => count == 0,
        Err(error) => error.kind() != std::io::ErrorKind::WouldBlock,
    }
}

/// Waits until the server closes.
fn wait_for_end(mut stream: &TcpStream) {
    stream.set_read_timeout(PATIENCE).unwrap();
    match stream.read(&mut [0]) {
        Ok(count) => assert_eq!(count, 0),
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset),
    }
}

#[test]
fn beyond_the_limit_the_idlest_connection_goes() {
    let home = TestHome::with_sample_data();
    let server = Running::start(&home, &["--max-connections", "3"]);
    let mut all: Vec<_> = (0..3).map(|_| server.connect()).collect();
    // In this order of their last answers.
    for index in [1, 0, 2] {
        assert_eq!(Reply::to(&mut all[index], "GET /verify", &[]).status, 401);
    }
    let mut newcomer = server.connect();
    assert_eq!(Reply::to(&mut newcomer, "GET /verify", &[]).status, 401);
    wait_for_end(&all[1]);
    for index in [0, 2] {
        assert!(!is_closed(&all[index]));
        assert_eq!(Reply::to(&mut all[index], "GET /verify", &[]).status, 401);
    }
}

/// A connection from another address of this machine.
fn connect_from(source: [u8; 4], to: SocketAddr) -> TcpStream {
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    bind(&socket, &SocketAddr::from((source, 0))).unwrap();
    connect(&socket, &to).unwrap();
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(PATIENCE).unwrap();
    stream
}

#[test]
fn one_peer_costs_another_no_connection() {
    allow_descriptors(300);
    let home = TestHome::with_sample_data();
    let server = Running::start(&home, &[]);
    let mut other = connect_from([127, 0, 0, 2], server.address());
    assert_eq!(Reply::to(&mut other, "GET /verify", &[]).status, 401);
    let crowd: Vec<_> = (0..300).map(|_| server.connect()).collect();
    // Accepted in order: once the last one is, the first 44 have gone.
    crowd[..44].iter().for_each(wait_for_end);
    assert!(!crowd[44..].iter().any(is_closed));
    assert!(!is_closed(&other));
    assert_eq!(Reply::to(&mut other, "GET /verify", &[]).status, 401);
}

/// Lets this process have so many connections, and those of the tests beside it.
fn allow_descriptors(count: usize) {
    let wanted = u64::try_from(count).unwrap() + 4096;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    assert!(
        maximum.is_none_or(|most| most >= wanted),
        "the premise: so many descriptors"
    );
    // Never lowered: another test may need them.
    let current = current.map(|now| now.max(wanted));
    setrlimit(Resource::Nofile, Rlimit { current, maximum }).unwrap();
}

/// Opens `count` connections of a trusted peer that are kept for later, and asks on one more.
fn with_idle_connections(count: usize) {
    allow_descriptors(count);
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let most = (count + 10).to_string();
    let options = ["--trust-proxy", "127.0.0.0/8", "--max-connections", &most];
    let server = Running::start(&home, &options);
    let mut kept = server.connect();
    assert_eq!(Reply::to(&mut kept, "GET /verify", &[]).status, 401);
    let idle = (0..count).map(|_| {
        let mut stream = server.connect();
        assert_eq!(Reply::to(&mut stream, "GET /verify", &[]).status, 401);
        stream
    });
    let mut idle: Vec<_> = idle.collect();
    assert_eq!(server.verify(&token).status, 204, "nobody waits for them");
    for stream in [&mut kept].into_iter().chain(&mut idle) {
        let status = Reply::to(stream, "GET /verify", &[]).status;
        assert_eq!(status, 401, "it is still there");
    }
}

#[test]
fn a_thousand_idle_connections_of_a_proxy_stay() {
    with_idle_connections(1000);
}

#[test]
#[ignore = "needs 10,000 descriptors, for the full run"]
fn full_ten_thousand_idle_connections_of_a_proxy_stay() {
    with_idle_connections(10_000);
}

/// A server that may have so many descriptors.
fn with_descriptors(home: &TestHome, count: usize) -> Running {
    let options = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--metrics-listen",
        "off",
    ];
    let server = home.command(&[&options[..], &["--trust-proxy", "127.0.0.1"]].concat());
    let mut shell = Command::new("/bin/sh");
    let script = format!("ulimit -n {count}; exec \"$0\" \"$@\"");
    shell
        .args(["-c", &script])
        .arg(server.get_program())
        .args(server.get_args());
    let variables = server
        .get_envs()
        .filter_map(|(name, value)| Some((name, value?)));
    shell.env_clear().envs(variables).stdin(Stdio::null());
    Running::spawn(shell)
}

/// Asks on a connection of its own. `None` if that is closed instead.
fn verify(address: SocketAddr, token: &str) -> Option<u16> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(PATIENCE).ok()?;
    let head = format!("GET /verify HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n");
    stream.write_all(head.as_bytes()).ok()?;
    let mut line = [0; "HTTP/1.1 204".len()];
    stream.read_exact(&mut line).ok()?;
    str::from_utf8(&line[9..]).ok()?.parse().ok()
}

#[test]
fn without_descriptors_idle_connections_make_room_and_nothing_spins() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let server = with_descriptors(&home, 80);
    let few = server.line(|line| line["event"] == "few_descriptors");
    assert_eq!(
        (&few["limit"], &few["connections"]),
        (&80.into(), &20.into())
    );
    let listening = server.line(|line| line["event"] == "listening");
    let address: SocketAddr = listening["address"].as_str().unwrap().parse().unwrap();
    for _ in 0..5 {
        let crowd: Vec<_> = (0..100)
            .map(|_| TcpStream::connect(address).unwrap())
            .collect();
        assert_eq!(verify(address, &token), Some(204));
        drop(crowd);
        assert_eq!(verify(address, &token), Some(204));
    }
    server.signal(Signal::TERM);
    let (_, log) = server.end_with_log();
    let of = |event: &'static str| log.iter().filter(move |line| line["event"] == event);
    assert_eq!(
        of("closed").count(),
        0,
        "the store got its descriptors: {log:?}"
    );
    assert!(of("accept_failed").count() < 10, "one a second: {log:?}");
}

#[test]
fn who_sends_nothing_is_closed_before_tls_too() {
    let home = TestHome::with_sample_data();
    let plain = Running::start(&home, &[]);
    let files = Files::new(&home, 2100);
    let encrypted = Running::start(&home, &files.options());
    // The limits themselves are tested on a clock that stands still: `http::connection`.
    let silent = [plain.connect(), encrypted.connect()];
    silent.iter().for_each(wait_for_end);
    assert_eq!(plain.ask("GET /verify", &[]).status, 401);
}

#[test]
fn the_proxy_protocol_is_named_in_the_log() {
    let home = TestHome::with_sample_data();
    let server = Running::start(&home, &[]);
    let mut stream = server.connect();
    stream
        .write_all(b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nGET / HTTP/1.1\r\n\r\n")
        .unwrap();
    wait_for_end(&stream);
    let line = server.line(|line| line["event"] == "proxy_protocol");
    assert_eq!(line["peer"], "127.0.0.1");
    assert!(!line.to_string().contains("192.0.2"), "{line}");
}

#[test]
fn a_malformed_request_is_refused_and_not_repeated_in_the_log() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let server = Running::start(&home, &[]);
    for request in [format!("{token}\r\n\r\n"), format!("GET / {token}\r\n\r\n")] {
        let mut stream = server.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let reply = Reply::read(&mut stream, false);
        assert_eq!((reply.status, reply.body.len()), (400, 0));
        assert_eq!(reply.field("cache-control"), Some("no-store"));
        assert_eq!(reply.field("x-content-type-options"), Some("nosniff"));
    }
    server.line(|line| line["event"] == "malformed_request");
    server.signal(Signal::TERM);
    let (_, log) = server.end_with_log();
    assert!(log.iter().any(|line| line["event"] == "stopped"), "{log:?}");
    assert!(!format!("{log:?}").contains(&token), "{log:?}");
}

#[test]
fn cookies_of_an_application_fit_and_larger_heads_do_not() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let server = Running::start(&home, &[]);
    let credential = format!("Bearer {token}");
    for (length, status) in [(48 * 1024, 204), (64 * 1024, 431)] {
        let cookie = "c".repeat(length);
        let fields = [("Cookie", cookie.as_str()), ("Authorization", &credential)];
        assert_eq!(server.ask("GET /verify", &fields).status, status);
    }
}

#[test]
fn a_body_that_does_not_come_does_not_delay_a_verdict() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let server = Running::start(&home, &[]);
    let credential = format!("Bearer {token}");
    let mut stream = server.connect();
    let fields = [
        ("Authorization", credential.as_str()),
        ("Content-Length", "100"),
    ];
    let reply = Reply::to(&mut stream, "GET /verify", &fields);
    assert_eq!(reply.status, 204);
    assert_eq!(reply.field("connection"), Some("close"));
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    wait_for_end(&stream);
}

#[test]
fn requests_that_are_sent_at_once_are_answered_in_order() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let server = Running::start(&home, &[]);
    let mut stream = server.connect();
    let good = format!("GET /verify HTTP/1.1\r\nAuthorization: Bearer {token}\r\n\r\n");
    let bad = "GET /verify HTTP/1.1\r\n\r\n";
    stream
        .write_all([&good, bad].concat().repeat(50).as_bytes())
        .unwrap();
    for _ in 0..50 {
        assert_eq!(Reply::read(&mut stream, false).status, 204);
        assert_eq!(Reply::read(&mut stream, false).status, 401);
    }
}
