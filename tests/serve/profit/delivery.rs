//! A token is delivered, or not valid.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::Duration;

use super::Flow;
use super::arrival::{Client, narrow};
use crate::serve::Running;

fn send(flow: &Flow, server: &Running, code: &str) -> TcpStream {
    send_for(flow, server, "ci", code)
}

fn send_for(flow: &Flow, server: &Running, profile: &str, code: &str) -> TcpStream {
    let mut stream = server.connect();
    let request = exchange(flow, profile, code);
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

/// What exchanges a code.
pub(super) fn exchange(flow: &Flow, profile: &str, code: &str) -> String {
    let body = flow.about(profile, &[("otp", code)]);
    let length = body.len();
    format!(
        "POST /profitrestservices/otpvalidation HTTP/1.1\r\nHost: localhost\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
}

#[test]
fn a_client_that_went_away_gets_no_token_and_may_use_the_code_again() {
    let flow = Flow::new();
    let server = flow.start();
    let code = flow.code();
    drop(send(&flow, &server, &code));
    let undelivered = server.line(|line| line["event"] == "undelivered");
    assert_eq!(undelivered["state"], "withdrawn");
    let listed = flow.home.json(&["otp", "list"]);
    assert_eq!(
        (&listed[0]["state"], &listed[0]["tries"]),
        (&"pending".into(), &0.into())
    );
    let tokens = flow.home.json(&["token", "list", "--state", "active"]);
    assert_eq!(tokens.as_array().unwrap().len(), 0);
    flow.validate(&server, "ci", &code).profit_token();
    let metrics = server.monitor("/metrics").text().to_owned();
    assert!(metrics.contains("hallpass_codes_total{event=\"exchanged\"} 1"));
}

#[test]
fn a_client_that_sends_no_more_gets_its_token() {
    let flow = Flow::new();
    let server = flow.start();
    let mut stream = send(&flow, &server, &flow.code());
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(body.ends_with("</data></token>\\r\\n\"}"), "{body}");
    let shown = flow.home.json(&["token", "show", "ci/hr"]);
    assert_eq!(shown["state"], "active");
}

#[test]
fn whoever_has_the_whole_answer_has_a_valid_token() {
    let flow = Flow::new();
    let profiles: Vec<_> = (0..20).map(|n| format!("p{n}")).collect();
    for name in &profiles {
        flow.profile(name);
    }
    let codes: Vec<_> = profiles.iter().map(|name| flow.code_of(name)).collect();
    let server = flow.start();
    for (profile, code) in profiles.iter().zip(codes) {
        let token = flow.validate(&server, profile, &code).profit_token();
        let used = server.with_afas_token("/profitrestservices/metainfo", &token);
        assert_eq!(used.status, 200, "{profile}");
    }
}

/// The profiles and codes of a race that a kill ends, and what each client got.
struct Killed {
    flow: Flow,
    clients: Vec<(String, String, String)>,
}

/// Lets eight clients exchange their codes at once, of which four read nothing until the server is
/// killed.
fn killed() -> Killed {
    let flow = Flow::new();
    let profile = |name: String| {
        flow.profile(&name);
        let code = flow.code_of(&name);
        (name, code)
    };
    let slow: Vec<_> = (0..4).map(|n| profile(format!("slow{n}"))).collect();
    let quick: Vec<_> = (0..4).map(|n| profile(format!("quick{n}"))).collect();
    let server = flow.start();
    let slow = slow.into_iter().map(|(name, code)| {
        let stream = narrow(server.address());
        let client = Client::asking(&flow, stream, &name, code);
        (name, client.code, client.stream)
    });
    let mut clients: Vec<_> = slow.collect();
    while in_state(&flow, "pending") < clients.len() {}
    for (name, code) in quick {
        let stream = send_for(&flow, &server, &name, &code);
        clients.push((name, code, stream));
    }
    thread::sleep(Duration::from_millis(20));
    server.signal(rustix::process::Signal::KILL);
    let clients = clients.into_iter().map(|(name, code, mut stream)| {
        let mut answer = String::new();
        // It ends when the server does.
        let _ = stream.read_to_string(&mut answer);
        (name, code, answer)
    });
    let clients = clients.collect();
    Killed { flow, clients }
}

fn in_state(flow: &Flow, state: &str) -> usize {
    let tokens = flow.home.json(&["token", "list"]);
    let tokens = tokens.as_array().unwrap();
    tokens.iter().filter(|it| it["state"] == state).count()
}

#[test]
fn a_server_that_is_killed_in_between_leaves_tokens_that_were_delivered_and_codes_that_are_valid() {
    let Killed { flow, clients } = killed();
    // The patience of the delivery, and of a writer.
    thread::sleep(Duration::from_secs(17));
    let server = flow.start();
    let mut cut = 0;
    for (name, code, answer) in clients {
        let again = flow.validate(&server, &name, &code);
        if answer.ends_with("\\r\\n\"}") {
            let (_, body) = answer.split_once("\r\n\r\n").unwrap();
            let body: serde_json::Value = serde_json::from_str(body).unwrap();
            let token = body["token"].as_str().unwrap().trim_end();
            let used = server.with_afas_token("/profitrestservices/metainfo", token);
            assert_eq!((used.status, again.status), (200, 401), "{name}");
        } else if again.status == 401 {
            // Active, and not delivered: the moment between the commit and the last byte.
            cut += 1;
        } else {
            again.profit_token();
        }
    }
    assert!(cut <= 1, "{cut}");
    assert_eq!(in_state(&flow, "pending"), 0);
}
