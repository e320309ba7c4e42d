//! What is refused, and who comes too late.

use std::io::Write as _;
use std::thread;

use super::Flow;
use crate::serve::{Reply, Running};

#[test]
fn what_is_not_json_is_refused_and_changes_nothing() {
    let flow = Flow::new();
    let server = flow.start();
    let code = flow.code();
    let body = flow.about("ci", &[("otp", &code)]);
    let twice = body.replace('}', &format!(r#","OTP":"{code}"}}"#));
    let number = body.replace(&format!(r#""{code}""#), &code);
    let unfinished = body.trim_end_matches('}').to_owned();
    let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(20_000), "]".repeat(20_000));
    for bad in [&twice, &number, &unfinished, "", "null", "[]", "\u{1}"] {
        for path in ["otpvalidation", "otprequest"] {
            let refused = server.profit(path, bad);
            let text = refused.text().to_owned();
            let expected = (400, r#"{"message":"Invalid json"}"#);
            assert_eq!((refused.status, &*text), expected, "{bad}");
        }
    }
    // What nobody asked for is skipped, however it looks.
    assert_eq!(server.profit("otprequest", &deep).status, 201);
    let invalid = [body.as_bytes(), b"\xff"].concat();
    let path = "/profitrestservices/otpvalidation";
    assert_eq!(server.post_body(path, &[], &invalid).status, 400);
    let long = format!(r#"{{"a":"{}"}}"#, "a".repeat(10 * 1024 * 1024));
    assert_eq!(server.post_body(path, &[], long.as_bytes()).status, 413);
    let listed = flow.home.json(&["otp", "list"]);
    assert_eq!(
        (&listed[0]["tries"], &listed[0]["state"]),
        (&0.into(), &"pending".into())
    );
    flow.validate(&server, "ci", &code).profit_token();
}

#[test]
fn of_many_with_the_right_code_exactly_one_gets_a_token() {
    let flow = Flow::new();
    let profiles = ["ci", "p1", "p2"];
    for name in &profiles[1..] {
        flow.profile(name);
    }
    let server = flow.start();
    for profile in profiles {
        let code = flow.code_of(profile);
        let body = flow.about(profile, &[("otp", &code)]);
        let replies: Vec<_> = thread::scope(|scope| {
            let racers: Vec<_> = (0..64)
                .map(|_| {
                    let (mut stream, body) = (server.connect(), &body);
                    scope.spawn(move || {
                        let length = body.len();
                        let request = format!(
                            "POST /profitrestservices/otpvalidation HTTP/1.1\r\nHost: localhost\r\n\
                             Content-Length: {length}\r\n\r\n{body}"
                        );
                        stream.write_all(request.as_bytes()).unwrap();
                        Reply::read(&mut stream, false).status
                    })
                })
                .collect();
            racers.into_iter().map(|it| it.join().unwrap()).collect()
        });
        let won = replies.iter().filter(|status| **status == 200).count();
        assert_eq!(won, 1, "{replies:?}");
        assert!(replies.iter().all(|status| [200, 401].contains(status)));
    }
    let tokens = flow.home.json(&["token", "list"]);
    assert_eq!(tokens.as_array().unwrap().len(), profiles.len());
}

#[test]
fn without_a_store_there_is_no_answer() {
    let flow = Flow::new();
    let server = flow.start();
    std::fs::remove_file(flow.home.store()).unwrap();
    server.line(|line| line["event"] == "closed");
    let body = flow.about("ci", &[]);
    for path in ["otprequest", "otpvalidation", "oauth/token"] {
        let reply = server.profit(path, &body);
        assert_eq!(reply.status, 503);
        assert_eq!(reply.field("retry-after"), Some("1"));
        let document = reply.json();
        assert_eq!(document["error"]["code"], "unavailable");
        assert_eq!(document["retry_after"], 1);
    }
}

#[test]
fn a_door_that_is_not_open_is_not_there() {
    let flow = Flow::new();
    let server = Running::start(&flow.home, &["--doors", "verify,token"]);
    let reply = server.profit("otprequest", &flow.about("ci", &[]));
    assert_eq!(reply.status, 404);
    assert_eq!(reply.field("access-control-allow-origin"), None);
    let options = server.ask("OPTIONS /profitrestservices/otprequest", &[]);
    assert_eq!(options.status, 404);
}
