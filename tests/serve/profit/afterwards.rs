//! Requests for codes are worked off after they were answered, and attempts come in turns.

use std::io::Write as _;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::Flow;
use super::strangers::{epoch, throttled};
use crate::serve::{Reply, Running};

/// An answer leaves after a tenth of a second; the store gives up after five seconds.
const SOON: Duration = Duration::from_secs(3);

/// Posts each body at the same moment, each on a connection of its own. Returns when each answer
/// came, and its status.
fn at_once(server: &Running, path: &str, bodies: &[String]) -> Vec<(Duration, u16)> {
    let streams: Vec<_> = bodies.iter().map(|_| server.connect()).collect();
    thread::scope(|scope| {
        let asking: Vec<_> = streams
            .into_iter()
            .zip(bodies)
            .map(|(mut stream, body)| {
                scope.spawn(move || {
                    let length = body.len();
                    let request = format!(
                        "POST /profitrestservices/{path} HTTP/1.1\r\nHost: localhost\r\n\
                         Content-Length: {length}\r\n\r\n{body}"
                    );
                    let begun = Instant::now();
                    stream.write_all(request.as_bytes()).unwrap();
                    let status = Reply::read(&mut stream, false).status;
                    (begun.elapsed(), status)
                })
            })
            .collect();
        asking.into_iter().map(|it| it.join().unwrap()).collect()
    })
}

#[test]
fn an_answer_does_not_wait_for_what_is_asked_for() {
    let flow = Flow::new();
    let server = flow.start();
    let other = Connection::open(flow.home.store()).unwrap();
    other.busy_timeout(Duration::from_secs(5)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    for user in ["ci", "nobody"] {
        let begun = Instant::now();
        let asked = server.profit("otprequest", &flow.about(user, &[]));
        assert_eq!(asked.status, 201);
        assert!(begun.elapsed() < SOON, "{user}: it waited for the lock");
    }
    let accepted = server.line(|line| line["reason"] == "accepted");
    assert_eq!(accepted["profile"], serde_json::Value::Null);
    // The store is held for longer than a call waits: what was answered is tried again.
    thread::sleep(Duration::from_secs(7));
    other.execute_batch("ROLLBACK").unwrap();
    let requested = server.line(|line| line["event"] == "code_request");
    assert_eq!(requested["request_id"], accepted["request_id"]);
    assert_eq!(
        [
            &requested["reason"],
            &requested["profile"],
            &requested["connection"]
        ],
        ["requested", "ci", "hr"]
    );
    let mail = server.line(|line| line["event"] == "mail");
    assert_eq!(mail["code"], requested["code"]);
    let unknown = server.line(|line| line["event"] == "code_request");
    assert_eq!(unknown["reason"], "unknown");
    assert_eq!(unknown["profile"], serde_json::Value::Null);
    let metrics = server.monitor("/metrics").text().to_owned();
    for series in [
        "hallpass_verdicts_total{door=\"profit\",reason=\"unknown\"} 1",
        "hallpass_verdicts_total{door=\"profit\",reason=\"other\"} 1",
        "hallpass_codes_total{event=\"requested\"} 1",
    ] {
        assert!(metrics.contains(series), "{series}: {metrics}");
    }
}

#[test]
fn what_was_answered_is_worked_off_before_the_server_ends() {
    let flow = Flow::new();
    let names: Vec<_> = (0..6).map(|n| format!("p{n}")).collect();
    for name in &names {
        flow.profile(name);
    }
    let server = flow.start();
    let bodies: Vec<_> = names.iter().map(|name| flow.about(name, &[])).collect();
    let answers = at_once(&server, "otprequest", &bodies);
    assert!(answers.iter().all(|(_, status)| *status == 201));
    server.signal(rustix::process::Signal::TERM);
    let (status, log) = server.end_with_log();
    assert!(status.success());
    let events: Vec<_> = log.iter().map(|line| &line["event"]).collect();
    assert!(events.iter().any(|event| *event == "stopped"), "{log:?}");
    assert!(
        events.iter().all(|event| *event != "code_requests_lost"),
        "{log:?}"
    );
    let listed = flow.home.json(&["otp", "list", "--all"]);
    assert_eq!(listed.as_array().unwrap().len(), names.len(), "{listed}");
}

#[test]
fn attempts_at_one_user_come_in_turns_whether_or_not_there_is_one() {
    let flow = Flow::new();
    flow.code();
    let server = flow.start();
    for user in ["ci", "nobody"] {
        let before = throttled(&server, "subject");
        let spellings = [user.to_owned(), user.to_uppercase()];
        let bodies: Vec<_> = spellings
            .iter()
            .cycle()
            .take(14)
            .map(|user| flow.about(user, &[("otp", "00000000")]))
            .collect();
        let mut answers = at_once(&server, "otpvalidation", &bodies);
        assert!(answers.iter().all(|(_, status)| *status == 401));
        // Ten at a time, a tenth of a second each. The four that came last were refused at once.
        answers.sort();
        for (position, (took, _)) in answers.iter().skip(4).enumerate() {
            let turn = Duration::from_millis(100) * u32::try_from(position).unwrap();
            assert!(*took >= turn, "{user}: {answers:?}");
        }
        assert_eq!(throttled(&server, "subject") - before, 4, "{user}");
    }
    // Those that had their turn were tried: a code takes five.
    let listed = flow.home.json(&["otp", "list", "--all"]);
    assert_eq!(listed[0]["state"], "exhausted", "{listed}");
}

#[test]
fn attempts_that_no_code_could_end_well_cost_five_transactions_a_second() {
    let flow = Flow::new();
    let names: Vec<_> = (0..4).map(|n| format!("p{n}")).collect();
    for name in &names {
        flow.profile(name);
    }
    let server = flow.start();
    let before = epoch(&server);
    let begun = Instant::now();
    let bodies: Vec<_> = names
        .iter()
        .cycle()
        .take(40)
        .map(|name| flow.about(name, &[("otp", "00000000")]))
        .collect();
    let answers = at_once(&server, "otpvalidation", &bodies);
    let seconds = begun.elapsed().as_secs() + 1;
    assert!(answers.iter().all(|(_, status)| *status == 401));
    let cost = epoch(&server) - before;
    assert!(cost >= 10, "{cost}");
    assert!(cost <= 2 * (5 + 5 * seconds), "{cost} in {seconds} s");
    // Without a limit each would have cost two.
    assert!(cost < 80, "{cost}");
    let line = server.line(|line| line["reason"] == "no_code");
    assert_eq!(line["connection"], "hr");
}
