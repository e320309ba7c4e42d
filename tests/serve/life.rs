//! Start, reload and end.

use std::fs;
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::net::UnixDatagram;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::json;

use super::{Reply, Running};
use crate::support::Home;
use crate::support::test_home::TestHome;

const PATIENCE: Option<Duration> = Some(Duration::from_secs(30));

fn settings(home: &Home, serve: &str) {
    let config = home.config();
    let before = fs::read_to_string(&config).unwrap();
    let keys = before.split("[serve]").next().unwrap();
    fs::write(&config, format!("{keys}[serve]\n{serve}\n")).unwrap();
}

#[test]
fn at_the_end_every_request_that_was_taken_is_answered_whole() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let server = Running::start(&home, &[]);
    let clients: Vec<_> = (0..8)
        .map(|_| {
            let mut stream = server.connect();
            let request = format!("GET /verify HTTP/1.1\r\nAuthorization: Bearer {token}\r\n\r\n");
            thread::spawn(move || {
                let mut answers = 0;
                loop {
                    if stream.write_all(request.as_bytes()).is_err() {
                        return answers;
                    }
                    let mut first = [0];
                    match stream.read(&mut first) {
                        Ok(1) => {
                            let mut rest = first.chain(&mut stream);
                            assert_eq!(Reply::read(&mut rest, false).status, 204);
                            answers += 1;
                        }
                        // Closed between two answers.
                        Ok(_) => return answers,
                        Err(error) => {
                            assert_eq!(error.kind(), ErrorKind::ConnectionReset);
                            return answers;
                        }
                    }
                }
            })
        })
        .collect();
    for _ in 0..50 {
        server.line(|line| line["status"] == 204);
    }
    server.signal(Signal::TERM);
    for client in clients {
        assert!(client.join().unwrap() > 0, "the premise: it was answered");
    }
    let (status, log) = server.end_with_log();
    assert_eq!(status.code(), Some(0), "{log:?}");
    let end: Vec<_> = log
        .iter()
        .filter(|line| line["event"] == "stopped")
        .collect();
    assert_eq!(end, [&json!({ "event": "stopped", "cut": 0 })]);
    let log = home.store().with_extension("db-wal");
    let left = fs::metadata(log).unwrap().len();
    assert_eq!(left, 0, "everything is in the store itself");
    home.done(&["store", "check"]);
}

#[test]
fn while_its_last_request_is_under_way_it_is_alive_but_not_ready() {
    let home = TestHome::with_sample_data();
    let server = Running::start(&home, &["--doors", "token"]);
    assert_eq!(server.monitor("/readyz").status, 200);
    let mut slow = server.connect();
    let form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 29";
    let head = format!("POST /token HTTP/1.1\r\n{form}\r\nExpect: 100-continue\r\n\r\n");
    slow.write_all(head.as_bytes()).unwrap();
    // Its body is being read now.
    assert_eq!(Reply::read(&mut slow, true).status, 100);
    server.signal(Signal::TERM);
    let stopping = server.line(|line| line["event"] == "stopping");
    assert!(stopping["connections"].as_u64().unwrap() >= 1);
    assert_eq!(server.monitor("/readyz").status, 503);
    assert_eq!(server.monitor("/livez").status, 200);
    slow.write_all(b"grant_type=client_credentials").unwrap();
    let reply = Reply::read(&mut slow, false);
    assert_eq!(reply.status, 400, "there is no credential");
    assert_eq!(server.end().code(), Some(0));
}

#[test]
fn an_interrupt_ends_it_too_and_idle_connections_do_not_delay_that() {
    let home = TestHome::with_sample_data();
    let server = Running::start(&home, &[]);
    let _silent = server.connect();
    let mut idle = server.connect();
    Reply::to(&mut idle, "GET /verify", &[]);
    server.signal(Signal::INT);
    let (status, log) = server.end_with_log();
    assert_eq!(status.code(), Some(0));
    let cut = json!({ "event": "stopped", "cut": 0 });
    assert!(log.contains(&cut), "closed, not cut after a drain: {log:?}");
}

#[test]
fn settings_are_read_again_and_bad_ones_change_nothing() {
    let home = TestHome::with_sample_data();
    settings(&home, "doors = \"verify\"");
    let server = Running::start(&home, &[]);
    let status = || server.ask("GET /verify", &[]).status;
    assert_eq!(status(), 401);
    for bad in [
        "doors = \"nonsense\"",
        "no_such_key = 1",
        "[",
        "tls_cert = \"/none\"\ntls_key = \"/none\"",
    ] {
        settings(&home, bad);
        server.signal(Signal::HUP);
        let line = server.line(|line| line["event"] == "reload_failed");
        assert!(
            line["cause"].as_str().is_some_and(|cause| cause.len() > 10),
            "{line}"
        );
        assert_eq!(status(), 401, "{bad}");
    }
    settings(&home, "doors = \"token\"\nlisten = \"127.0.0.1:1\"");
    server.signal(Signal::HUP);
    server.line(|line| line["event"] == "reloaded");
    assert_eq!(status(), 404);
}

#[test]
fn what_needs_a_restart_is_named() {
    let home = TestHome::with_sample_data();
    settings(&home, "listen = \"127.0.0.1:0\"\nmetrics_listen = \"off\"");
    let server = Running::start_on(&home, &["--access-log", "on"]);
    settings(
        &home,
        "listen = \"unix:/nowhere/s\"\nmetrics_listen = \"off\"",
    );
    server.signal(Signal::HUP);
    let line = server.line(|line| line["event"] == "restart_needed");
    assert_eq!(line["settings"], json!(["listen"]));
}

#[test]
fn reloads_lose_no_request_and_change_no_connection() {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop"]);
    let server = Running::start(&home, &[]);
    let mut kept = server.connect();
    let credential = format!("Bearer {token}");
    for _ in 0..20 {
        server.signal(Signal::HUP);
        let reply = Reply::to(&mut kept, "GET /verify", &[("Authorization", &credential)]);
        assert_eq!(reply.status, 204);
        server.line(|line| line["event"] == "reloaded");
        assert_eq!(server.verify(&token).status, 204);
    }
}

#[test]
fn the_service_manager_is_informed() {
    let home = TestHome::with_sample_data();
    let path = home.file("notify");
    let manager = UnixDatagram::bind(&path).unwrap();
    manager.set_read_timeout(PATIENCE).unwrap();
    let any = || {
        let mut message = [0; 1024];
        let length = manager.recv(&mut message).unwrap();
        String::from_utf8(message[..length].to_vec()).unwrap()
    };
    let alive = "WATCHDOG=1\n";
    let next = || std::iter::repeat_with(any).find(|it| it != alive).unwrap();
    let options = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--metrics-listen",
        "off",
    ];
    let mut command = home.command(&options);
    command.env("NOTIFY_SOCKET", &path).stdin(Stdio::null());
    command.env("WATCHDOG_USEC", "2000000");
    let server = Running::spawn(command);
    let ready = next();
    assert!(
        ready.starts_with("READY=1\nSTATUS=serving verify on 127.0.0.1:"),
        "{ready}"
    );
    server.line(|line| line["event"] == "listening");
    server.signal(Signal::HUP);
    let reloading = next();
    let time = reloading
        .strip_prefix("RELOADING=1\nMONOTONIC_USEC=")
        .unwrap();
    assert!(time.trim_end().parse::<u64>().unwrap() > 0);
    assert!(next().starts_with("READY=1\n"));
    assert_eq!([any(), any()], [alive, alive], "it lives");
    server.signal(Signal::TERM);
    assert!(next().starts_with("STOPPING=1\n"));
    assert!(server.end().success());
}

#[test]
fn a_store_that_this_machine_has_not_seen_is_not_served() {
    let home = TestHome::with_sample_data();
    let options = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--metrics-listen",
        "off",
    ];
    let elsewhere = home.file("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::set_permissions(
        &elsewhere,
        std::os::unix::fs::PermissionsExt::from_mode(0o700),
    )
    .unwrap();
    let elsewhere = ["--state-dir", elsewhere.to_str().unwrap()];
    home.fails(31, &[&options[..], &elsewhere].concat());
    let unanchored = [&elsewhere[..], &["--no-anchor"]].concat();
    assert_eq!(
        Running::start(&home, &unanchored)
            .ask("GET /verify", &[])
            .status,
        401
    );
}

#[test]
fn a_server_whose_passphrase_was_typed_ends_as_any_other() {
    let home = TestHome::new();
    let passphrase = "cobalt lantern quiet otter";
    home.write("pass", passphrase);
    home.done(&["store", "key", "add", "--new-passphrase-file", "pass"]);
    fs::remove_file(home.config()).unwrap();
    let options = ["--listen", "127.0.0.1:0", "--metrics-listen", "off"];
    let mut terminal = home.terminal(&[&["serve"][..], &options].concat());
    terminal.answer("Passphrase of", passphrase);
    // Nobody reads the key that is pressed.
    terminal.press("\"listening\"", " ");
    terminal.interrupt();
    let (status, shown, _) = terminal.finish();
    assert_eq!(status.code(), Some(0), "{shown}");
    assert!(shown.contains("\"stopped\""), "{shown}");
}

#[test]
fn a_store_that_is_served_is_not_replaced() {
    let home = TestHome::with_sample_data();
    let backup = home.file("backup.db");
    let path = backup.to_str().unwrap();
    home.done(&["store", "backup", path]);
    let server = Running::start(&home, &[]);
    server.line(|line| line["event"] == "loaded");
    let refused = home.fails(40, &["store", "restore", path, "--yes"]);
    let said = format!("{refused:?}");
    assert!(said.contains("hallpass serve"), "{said}");
    assert!(!said.contains("is writing"), "{said}");
}
