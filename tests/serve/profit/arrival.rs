//! What has left is what has arrived: a client that lacks the last byte has no valid token.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rustix::net::sockopt::set_socket_recv_buffer_size;
use rustix::net::{AddressFamily, SocketFlags, SocketType, connect, socket_with};
use rustix::process::Signal;

use super::Flow;
use super::delivery::exchange;
use crate::serve::tls::Files;
use crate::serve::{Reply, Running};

/// So many answers are more than the system of a client takes that has little space.
const UNREAD: usize = 40;

const LONG: Duration = Duration::from_secs(30);

/// A connection of a client whose system acknowledges little that it has not read.
pub(super) fn narrow(server: SocketAddr) -> TcpStream {
    // A server of another test that had it, too, would keep it open.
    let flags = SocketFlags::CLOEXEC;
    let narrow = socket_with(AddressFamily::INET, SocketType::STREAM, flags, None).unwrap();
    set_socket_recv_buffer_size(&narrow, 2048).unwrap();
    connect(&narrow, &server).unwrap();
    let stream = TcpStream::from(narrow);
    stream.set_read_timeout(Some(LONG)).unwrap();
    stream
}

/// A server that also listens on a Unix socket, and the path of that.
fn start(flow: &Flow, options: &[&str]) -> (Running, PathBuf) {
    let path = flow.home.file("http.sock");
    let listen = format!("unix:{}", path.display());
    let own = ["--doors", "profit", "--listen", &listen];
    let server = Running::start(&flow.home, &[options, &own].concat());
    // Its log stands still at each listener.
    server.listen();
    (server, path)
}

fn state(flow: &Flow, profile: &str) -> String {
    let tokens = flow.home.json(&["token", "list", profile, "--all"]);
    tokens[0]["state"].as_str().unwrap_or_default().to_owned()
}

/// Waits until the token of a profile is in this state.
#[track_caller]
fn until(flow: &Flow, profile: &str, expected: &str) {
    let begun = Instant::now();
    while state(flow, profile) != expected {
        assert!(begun.elapsed() < LONG, "{profile} is not {expected}");
    }
}

/// A client that has asked for a token, and has not read what comes before it.
pub(super) struct Client<C> {
    pub(super) stream: C,
    profile: String,
    pub(super) code: String,
}

impl<C: Read + Write> Client<C> {
    fn new(flow: &Flow, stream: C, profile: &str) -> Self {
        let code = flow.code_of(profile);
        let client = Self::asking(flow, stream, profile, code);
        until(flow, profile, "pending");
        client
    }

    /// A client that has asked, if the server has read that.
    pub(super) fn asking(flow: &Flow, mut stream: C, profile: &str, code: String) -> Self {
        let nothing = "GET /profitrestservices/nothing HTTP/1.1\r\nHost: localhost\r\n\r\n";
        let requests = nothing.repeat(UNREAD) + &exchange(flow, profile, &code);
        stream.write_all(requests.as_bytes()).unwrap();
        Self {
            stream,
            profile: profile.to_owned(),
            code,
        }
    }

    /// Reads all but the last byte of the token.
    fn read_but_the_last_byte(&mut self) {
        for _ in 0..UNREAD {
            assert_eq!(Reply::read(&mut self.stream, false).status, 404);
        }
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.stream.read_exact(&mut byte).unwrap();
            head.extend(byte);
        }
        let head = String::from_utf8(head).unwrap();
        let (_, length) = head.split_once("content-length: ").unwrap();
        let length: usize = length.lines().next().unwrap().parse().unwrap();
        let mut body = vec![0; length - 1];
        self.stream.read_exact(&mut body).unwrap();
    }
}

/// Nobody else writes to the store until this is dropped.
fn locked(flow: &Flow) -> Connection {
    let store = Connection::open(flow.home.store()).unwrap();
    store.busy_timeout(Duration::from_secs(5)).unwrap();
    store.execute_batch("BEGIN IMMEDIATE").unwrap();
    store
}

fn lacks_the_last_byte(flow: &Flow, server: &Running, mut client: Client<impl Read + Write>) {
    // The token cannot become valid until the client is closed.
    let lock = locked(flow);
    assert_eq!(state(flow, &client.profile), "pending");
    client.read_but_the_last_byte();
    let Client {
        stream,
        profile,
        code,
    } = client;
    drop(stream);
    drop(lock);
    let undelivered = server.line(|line| line["event"] == "undelivered");
    assert_eq!(undelivered["state"], "withdrawn", "{undelivered}");
    let listed = flow
        .home
        .json(&["token", "list", &profile, "--state", "active"]);
    assert_eq!(listed.as_array().unwrap().len(), 0, "{listed}");
    flow.validate(server, &profile, &code).profit_token();
}

#[test]
fn a_client_that_is_closed_before_the_last_byte_has_no_valid_token() {
    let flow = Flow::new();
    for profile in ["tcp", "unix"] {
        flow.profile(profile);
    }
    let (server, path) = start(&flow, &[]);
    let stream = narrow(server.address());
    lacks_the_last_byte(&flow, &server, Client::new(&flow, stream, "tcp"));
    let stream = UnixStream::connect(path).unwrap();
    lacks_the_last_byte(&flow, &server, Client::new(&flow, stream, "unix"));
}

#[test]
fn nor_has_one_whose_connection_is_encrypted() {
    let flow = Flow::new();
    flow.profile("tls");
    let files = Files::new(&flow.home, 2100);
    let (server, path) = start(&flow, &files.options());
    let stream = files.encrypt(narrow(server.address()), &[&rustls::version::TLS13]);
    let mut client = Client::new(&flow, stream, "tls");
    let lock = locked(&flow);
    client.read_but_the_last_byte();
    drop(client.stream);
    drop(lock);
    let undelivered = server.line(|line| line["event"] == "undelivered");
    assert_eq!(undelivered["state"], "withdrawn", "{undelivered}");
    let mut again = UnixStream::connect(path).unwrap();
    let request = exchange(&flow, "tls", &client.code);
    again.write_all(request.as_bytes()).unwrap();
    Reply::read(&mut again, false).profit_token();
}

#[test]
fn a_store_that_others_keep_busy_for_longer_than_anybody_waits_delays_a_token() {
    let flow = Flow::new();
    let (server, path) = start(&flow, &[]);
    let stream = UnixStream::connect(path).unwrap();
    let mut client = Client::new(&flow, stream, "ci");
    let lock = locked(&flow);
    client.read_but_the_last_byte();
    // A change is given up after five.
    sleep(Duration::from_secs(7));
    assert_eq!(state(&flow, "ci"), "pending");
    drop(lock);
    let mut last = [0];
    client.stream.read_exact(&mut last).unwrap();
    assert_eq!(&last, b"}");
    until(&flow, "ci", "active");
    let counted = "hallpass_codes_total{event=\"exchanged\"} 1";
    let begun = Instant::now();
    while !server.monitor("/metrics").text().contains(counted) {
        assert!(begun.elapsed() < LONG, "it is not counted as delivered");
    }
}

#[test]
fn a_store_that_stays_busy_costs_a_client_its_connection_before_the_token_is_withdrawn() {
    let flow = Flow::new();
    let (server, path) = start(&flow, &[]);
    let stream = UnixStream::connect(path).unwrap();
    let mut client = Client::new(&flow, stream, "ci");
    client.stream.set_read_timeout(Some(LONG)).unwrap();
    let lock = locked(&flow);
    client.read_but_the_last_byte();
    // It is asked three times, five seconds each.
    assert_eq!(client.stream.read(&mut [0]).unwrap(), 0);
    drop(lock);
    let undelivered = server.line(|line| line["event"] == "undelivered");
    assert_eq!(undelivered["state"], "withdrawn", "{undelivered}");
    flow.validate(&server, "ci", &client.code).profit_token();
}

/// A server that has made the token of a client active, and the client, which lacks the last byte.
fn nearly_delivered(flow: &Flow) -> (Running, PathBuf, Client<UnixStream>) {
    let (server, path) = start(flow, &[]);
    let stream = UnixStream::connect(&path).unwrap();
    let mut client = Client::new(flow, stream, "ci");
    client.read_but_the_last_byte();
    until(flow, "ci", "active");
    (server, path, client)
}

#[test]
fn a_server_that_is_told_to_end_completes_the_answers_that_are_on_their_way() {
    let flow = Flow::new();
    let (server, path, mut client) = nearly_delivered(&flow);
    let mut idle = UnixStream::connect(path).unwrap();
    idle.set_read_timeout(Some(LONG)).unwrap();
    let nothing = "GET /profitrestservices/nothing";
    assert_eq!(Reply::to(&mut idle, nothing, &[]).status, 404);
    server.signal(Signal::TERM);
    // Once the idle connection is closed, those are that will be at once.
    assert_eq!(idle.read(&mut [0]).unwrap(), 0);
    let mut last = [0];
    client.stream.read_exact(&mut last).unwrap();
    assert_eq!(&last, b"}");
    let (status, log) = server.end_with_log();
    assert!(status.success());
    let undelivered = log.iter().any(|line| line["event"] == "undelivered");
    assert!(!undelivered, "{log:#?}");
    assert_eq!(state(&flow, "ci"), "active");
}

#[test]
fn and_withdraws_those_that_are_not_delivered() {
    let flow = Flow::new();
    let (server, _, client) = nearly_delivered(&flow);
    // The token can only be revoked when the connection is gone for a while.
    let lock = locked(&flow);
    drop(client);
    server.signal(Signal::TERM);
    server.line(|line| line["event"] == "stopping");
    sleep(Duration::from_secs(3));
    drop(lock);
    let (status, log) = server.end_with_log();
    assert!(status.success());
    let undelivered = log.iter().find(|line| line["event"] == "undelivered");
    assert_eq!(undelivered.unwrap()["state"], "withdrawn");
    assert_eq!(state(&flow, "ci"), "revoked");
}
