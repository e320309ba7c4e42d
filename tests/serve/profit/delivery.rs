//! A token is delivered, or not valid.

use std::io::{Read as _, Write as _};
use std::net::Shutdown;

use super::Flow;
use crate::serve::Running;

fn send(flow: &Flow, server: &Running, code: &str) -> std::net::TcpStream {
    let mut stream = server.connect();
    let body = flow.about("ci", &[("otp", code)]);
    let length = body.len();
    let request = format!(
        "POST /profitrestservices/otpvalidation HTTP/1.1\r\nHost: localhost\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    stream
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
