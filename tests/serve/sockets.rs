//! Where the server listens.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::Command;

use rustix::process::Signal;

use super::{Reply, Running};
use crate::support::Home;
use crate::support::test_home::TestHome;

#[test]
fn a_unix_socket_is_for_owner_and_group_and_removed_at_the_end() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let path = home.file("http.sock");
    // What a killed server leaves behind.
    drop(UnixListener::bind(&path).unwrap());
    let group = rustix::process::getegid().as_raw().to_string();
    let listen = format!("unix:{}", path.display());
    let server = Running::start_on(&home, &["--listen", &listen, "--socket-group", &group]);
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o660);
    let mut stream = UnixStream::connect(&path).unwrap();
    let credential = format!("Bearer {token}");
    let reply = Reply::to(
        &mut stream,
        "GET /verify",
        &[("Authorization", &credential)],
    );
    assert_eq!(reply.status, 204);
    let second = home.fails(
        1,
        &["serve", "--listen", &listen, "--metrics-listen", "off"],
    );
    assert!(second.contains("cannot listen on"), "{second}");
    assert!(
        path.exists(),
        "a second server leaves the socket of the first"
    );
    server.signal(Signal::TERM);
    assert!(server.end().success());
    assert!(!path.exists());
}

#[test]
fn what_is_not_a_socket_is_left_alone() {
    let home = TestHome::with_sample_data();
    let path = home.write("file", "mine");
    let listen = format!("unix:{}", path.display());
    let error = home.fails(
        1,
        &["serve", "--listen", &listen, "--metrics-listen", "off"],
    );
    assert!(error.contains("is not a socket"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
}

#[test]
fn an_address_that_other_machines_reach_is_refused_without_tls() {
    let home = TestHome::with_sample_data();
    for address in ["0.0.0.0:0", "[::]:0"] {
        let error = home.fails(
            2,
            &["serve", "--listen", address, "--metrics-listen", "off"],
        );
        assert!(error.contains("reachable from other machines"), "{error}");
        assert!(
            error.contains("--tls-cert") && error.contains("--plain-http"),
            "{error}"
        );
    }
    let error = home.fails(2, &["serve", "--metrics-listen", "0.0.0.0:0"]);
    assert!(error.contains("`0.0.0.0:0`"), "{error}");
    let options = ["--listen", "0.0.0.0:0", "--plain-http"];
    let server = Running::start_on(&home, &options);
    server.signal(Signal::TERM);
    assert!(server.end().success());
}

#[test]
fn a_port_that_is_taken_is_named() {
    let home = TestHome::with_sample_data();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let error = home.fails(
        1,
        &["serve", "--listen", &address, "--metrics-listen", "off"],
    );
    assert!(
        error.contains(&address) && error.contains("hint: "),
        "{error}"
    );
}

/// Starts the server as systemd does: sockets from descriptor 3 on, their names in the environment.
pub(super) fn activated(home: &Home, socket: OwnedFd, name: &str, listen: &str) -> Running {
    let server = home.command(&["serve", "--listen", listen, "--metrics-listen", "off"]);
    let script = "LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" \"$@\" 3<&0 0</dev/null";
    let mut shell = Command::new("/bin/sh");
    shell
        .args(["-c", script])
        .arg(server.get_program())
        .args(server.get_args());
    let variables = server
        .get_envs()
        .filter_map(|(name, value)| Some((name, value?)));
    shell
        .env_clear()
        .envs(variables)
        .env("LISTEN_FDNAMES", name);
    shell.current_dir(home.path()).stdin(socket);
    Running::spawn(shell)
}

#[test]
fn a_socket_of_the_service_manager_is_found_by_its_name() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    // A client that came before the server.
    let mut early = TcpStream::connect(address).unwrap();
    let server = activated(
        &home,
        listener.try_clone().unwrap().into(),
        "http",
        "fd:http",
    );
    let listening = server.line(|line| line["event"] == "listening");
    assert_eq!(listening["address"], "fd:http");
    let credential = format!("Bearer {token}");
    let reply = Reply::to(&mut early, "GET /verify", &[("Authorization", &credential)]);
    assert_eq!(reply.status, 204);
    server.signal(Signal::TERM);
    assert!(server.end().success());
    TcpStream::connect(address).expect("the manager's socket still listens");
}

#[test]
fn a_unix_socket_of_the_service_manager_is_not_removed() {
    let home = TestHome::with_sample_data();
    let path = home.file("s");
    let listener = UnixListener::bind(&path).unwrap();
    let server = activated(&home, listener.into(), "http", "fd:http");
    server.line(|line| line["event"] == "listening");
    let mut stream = UnixStream::connect(&path).unwrap();
    assert_eq!(Reply::to(&mut stream, "GET /verify", &[]).status, 401);
    server.signal(Signal::TERM);
    assert!(server.end().success());
    assert!(path.exists());
}

#[test]
fn a_socket_of_another_name_is_not_used() {
    let home = TestHome::with_sample_data();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let other = activated(
        &home,
        listener.try_clone().unwrap().into(),
        "metrics",
        "fd:http",
    );
    let (status, log) = other.end_with_log();
    assert_eq!(status.code(), Some(1));
    let log = format!("{log:?}");
    assert!(log.contains("handed over no socket of that name"), "{log}");
    let unused = activated(&home, listener.into(), "other", "127.0.0.1:0");
    let line = unused.line(|line| line["event"] == "unused_socket");
    assert_eq!(line["name"], "other");
}
