//! Mails that a server sends.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::thread::sleep;
use std::time::Duration;

use super::Flow;
use crate::serve::Running;
use crate::support::test_home::TestHome;

/// A mail as it is in a folder.
pub(super) struct Letter(String);

impl Letter {
    /// The code, on a line of its own.
    #[track_caller]
    pub(super) fn code(&self) -> String {
        let is_code = |line: &&str| line.len() == 8 && line.bytes().all(|c| c.is_ascii_digit());
        let code = self.0.lines().find(is_code);
        code.unwrap_or_else(|| panic!("{}", self.0)).to_owned()
    }
}

/// The one mail in the folder.
#[track_caller]
pub(super) fn read(home: &TestHome) -> Letter {
    let files = fs::read_dir(home.file("mails")).unwrap();
    let files: Vec<_> = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "eml"))
        .collect();
    assert_eq!(files.len(), 1, "{files:?}");
    Letter(fs::read_to_string(&files[0]).unwrap())
}

/// Has mails sent by a program that runs this script; what it gets is on standard input.
fn send_by(flow: &Flow, script: &str) {
    let path = flow
        .home
        .write("sendmail", &format!("#!/bin/sh\n{script}\n"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    let url = format!("sendmail:{}", path.display());
    flow.home
        .done(&["mail", "set", &url, "--from", "noreply@example.com"]);
}

/// How many mails a program has taken that adds a line for each.
fn taken(flow: &Flow) -> usize {
    let text = fs::read_to_string(flow.home.file("taken")).unwrap_or_default();
    text.lines().count()
}

fn ask(flow: &Flow, server: &Running, user: &str) {
    let asked = server.profit("otprequest", &flow.about(user, &[]));
    assert_eq!(asked.status, 201);
}

#[test]
fn a_mail_that_cannot_leave_is_sent_later_and_shows_meanwhile() {
    let flow = Flow::new();
    let taken_file = flow.home.file("taken");
    let busy = flow.home.file("busy");
    fs::write(&busy, "").unwrap();
    let script = format!(
        "cat > /dev/null; test -e {} && {{ echo later >&2; exit 75; }}; echo x >> {}",
        busy.display(),
        taken_file.display()
    );
    send_by(&flow, &script);
    let server = flow.start();
    ask(&flow, &server, "ci");
    let first = server.line(|line| line["event"] == "mail");
    assert_eq!(first["delivery"], "queued");
    assert!(
        first["cause"].as_str().unwrap().contains("later"),
        "{first}"
    );
    let listed = flow.home.json(&["otp", "list"]);
    assert_eq!(listed[0]["delivery"], "queued");
    assert_eq!(listed[0]["id"], first["code"]);
    let queue = server.monitor("/metrics").text().to_owned();
    assert!(queue.contains("hallpass_mail_queue 1"), "{queue}");
    fs::remove_file(&busy).unwrap();
    let second = server.line(|line| line["event"] == "mail");
    assert_eq!(second["delivery"], "sent");
    assert_eq!(taken(&flow), 1);
    let counted = server.monitor("/metrics").text().to_owned();
    for event in ["requested", "sent"] {
        let series = format!("hallpass_codes_total{{event=\"{event}\"}} 1");
        assert!(counted.contains(&series), "{counted}");
    }
    assert_eq!(flow.home.json(&["otp", "list"])[0]["delivery"], "sent");
}

#[test]
fn a_server_and_a_command_send_one_mail_each() {
    let flow = Flow::new();
    flow.profile("second");
    let script = format!(
        "cat > /dev/null; sleep 1; echo x >> {}",
        flow.home.file("taken").display()
    );
    send_by(&flow, &script);
    let server = flow.start();
    flow.code();
    assert_eq!(taken(&flow), 1);
    ask(&flow, &server, "second");
    // Meanwhile a command sends what is queued.
    flow.home.done(&["mail", "send"]);
    server.line(|line| line["event"] == "mail" || line["delivery"] == "sent");
    sleep(Duration::from_secs(4));
    assert_eq!(taken(&flow), 2);
}

#[test]
fn a_mail_that_was_left_is_sent_by_a_server_whatever_its_doors() {
    let flow = Flow::new();
    send_by(&flow, "cat > /dev/null; exit 75");
    let server = flow.start();
    ask(&flow, &server, "ci");
    let left = server.line(|line| line["event"] == "mail");
    assert_eq!(left["delivery"], "queued");
    server.end_quietly();
    send_by(
        &flow,
        &format!(
            "cat > /dev/null; echo x >> {}",
            flow.home.file("taken").display()
        ),
    );
    let server = Running::start(&flow.home, &["--doors", "verify"]);
    let sent = server.line(|line| line["event"] == "mail");
    assert_eq!(sent["delivery"], "sent");
    assert_eq!(taken(&flow), 1);
}

#[cfg(feature = "smtp")]
mod servers {
    use std::net::TcpListener;
    use std::time::Instant;

    use rustix::process::Signal;

    use super::*;
    use crate::support::smtp::{Manner, Plan, Server, Speaks};

    fn by(flow: &Flow, plan: Plan) -> Server {
        let server = plan.serve();
        let url = format!("smtp://localhost:{}", server.port());
        let from = ["--from", "noreply@example.com", "--insecure-plain"];
        flow.home
            .done(&[&["mail", "set", &url], &from[..]].concat());
        server
    }

    fn code(mails: &Server) -> String {
        let text = String::from_utf8(mails.mail().bytes).unwrap();
        Letter(text.replace("\r\n", "\n")).code()
    }

    #[test]
    fn a_mail_server_that_is_busy_gets_the_mail_once_and_later() {
        let flow = Flow::new();
        let mails = by(
            &flow,
            Plan::new(Speaks::Plain).at("MAIL", Manner::Say("451 later")),
        );
        let server = flow.start();
        ask(&flow, &server, "ci");
        let first = server.line(|line| line["event"] == "mail");
        assert_eq!(first["delivery"], "queued", "{first}");
        let second = server.line(|line| line["event"] == "mail");
        assert_eq!(second["delivery"], "sent", "{second}");
        let code = code(&mails);
        flow.validate(&server, "ci", &code).profit_token();
        assert_eq!(mails.seen(|seen| seen.calls), 2);
    }

    #[test]
    fn a_mail_server_that_never_answers_delays_no_other_and_not_the_end() {
        let flow = Flow::new();
        flow.profile("second");
        let dead = TcpListener::bind("127.0.0.1:0").unwrap();
        flow.home.done(&["environment", "add", "staging"]);
        let url = format!("smtp://localhost:{}", dead.local_addr().unwrap().port());
        let from = ["--from", "noreply@example.com", "--insecure-plain"];
        let set = ["mail", "set", &url, "--environment", "staging"];
        flow.home.done(&[&set[..], &from].concat());
        let mails = by(&flow, Plan::new(Speaks::Plain));
        let staging = flow.home.json(&["environment", "show", "staging"]);
        let staging = staging["key"].as_str().unwrap();
        let server = flow.start();
        let about = flow.about("ci", &[]);
        let about = about.replace(&flow.environment_key, staging);
        assert_eq!(server.profit("otprequest", &about).status, 201);
        let (held, _) = dead.accept().unwrap();
        let begun = Instant::now();
        ask(&flow, &server, "second");
        let sent = server.line(|line| line["event"] == "mail");
        assert_eq!(sent["delivery"], "sent", "{sent}");
        let code = code(&mails);
        flow.validate(&server, "second", &code).profit_token();
        let listed = flow.home.json(&["otp", "list"]);
        assert_eq!(listed[0]["delivery"], "queued", "the premise: {listed}");
        server.signal(Signal::TERM);
        assert!(server.end().success());
        // It waits for a mail server for 30 seconds.
        assert!(begun.elapsed() < Duration::from_secs(20));
        drop(held);
    }

    #[test]
    fn a_mail_that_may_have_arrived_is_not_sent_again_and_its_code_is_valid() {
        let flow = Flow::new();
        let mails = by(&flow, Plan::new(Speaks::Plain).at(".", Manner::Swallow));
        let server = flow.start();
        ask(&flow, &server, "ci");
        let sent = server.line(|line| line["event"] == "mail");
        assert_eq!(sent["delivery"], "uncertain", "{sent}");
        sleep(Duration::from_secs(4));
        let code = code(&mails);
        flow.validate(&server, "ci", &code).profit_token();
        let listed = flow.home.json(&["otp", "list", "--all"]);
        assert_eq!(listed[0]["delivery"], "uncertain");
    }
}
