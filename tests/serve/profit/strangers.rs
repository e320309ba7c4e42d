//! Whoever is not known is told what everybody is told, and costs what everybody costs.

use std::thread::sleep;
use std::time::{Duration, Instant};

use super::Flow;
use crate::serve::{Reply, Running};

/// The epoch of the store: one more with each transaction that changes it.
pub(super) fn epoch(server: &Running) -> u64 {
    // The watch looks at it more often than this.
    sleep(Duration::from_secs(1));
    let text = server.monitor("/metrics").text().to_owned();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("hallpass_store_epoch "));
    line.unwrap().parse().unwrap()
}

/// How many transactions a request costs.
fn cost(server: &Running, ask: impl FnOnce() -> Reply) -> u64 {
    let before = epoch(server);
    ask();
    epoch(server) - before
}

#[test]
fn an_answer_does_not_tell_who_is_known() {
    let flow = Flow::new();
    for name in ["away", "elsewhere", "mute"] {
        flow.profile(name);
    }
    flow.home.done(&["profile", "suspend", "away", "--yes"]);
    flow.home.done(&["connection", "add", "other"]);
    let elsewhere = ["profile", "edit", "elsewhere", "--add-connection", "other"];
    flow.home.done(&elsewhere);
    let narrow = [
        "profile",
        "edit",
        "elsewhere",
        "--remove-connection",
        "hr",
        "--yes",
    ];
    flow.home.done(&narrow);
    flow.home
        .done(&["profile", "edit", "mute", "--email", "", "--yes"]);
    let server = flow.start();
    let zeros = "0".repeat(32);
    let with = |name: &str, value: &str| {
        let mut document: serde_json::Value = serde_json::from_str(&flow.about("ci", &[])).unwrap();
        document[name] = value.into();
        document.to_string()
    };
    let mut bodies: Vec<_> = [
        "ci",
        "ci",
        "away",
        "elsewhere",
        "mute",
        "nobody",
        "nobody@example.com",
    ]
    .map(|user| flow.about(user, &[]))
    .into();
    bodies.extend([
        with("apiKey", &zeros),
        with("apiToken", &zeros),
        with("apiKey", "short"),
        with("userid", ""),
        with("userid", "not a name"),
        "{}".to_owned(),
    ]);
    let first = server.profit("otprequest", &bodies[0]).whole();
    assert_eq!(first.0, 201);
    for body in &bodies {
        assert_eq!(server.profit("otprequest", body).whole(), first, "{body}");
    }
    let code = |body: &str| {
        body.replace('}', r#","otp":"00000000"}"#)
            .replace("{,", "{")
    };
    let refused = server.profit("otpvalidation", &code(&bodies[0])).whole();
    assert_eq!(refused.0, 401);
    for body in &bodies {
        let answer = server.profit("otpvalidation", &code(body)).whole();
        assert_eq!(answer, refused, "{body}");
    }
    let malformed = bodies[0].replace('}', r#","otp":"x"}"#);
    assert_eq!(server.profit("otpvalidation", &malformed).whole(), refused);
}

#[test]
fn a_stranger_costs_as_many_transactions_as_a_profile() {
    let flow = Flow::new();
    let server = flow.start();
    flow.code();
    let known = flow.about("ci", &[]);
    let stranger = flow.about("nobody", &[]);
    let code = |body: &str| body.replace('}', r#","otp":"00000000"}"#);
    let ask = |path: &str, body: &str| cost(&server, || server.profit(path, body));
    // Another code so soon is refused.
    assert_eq!(ask("otprequest", &known), 1);
    assert_eq!(ask("otprequest", &stranger), 1);
    assert_eq!(ask("otpvalidation", &code(&known)), 2);
    assert_eq!(ask("otpvalidation", &code(&stranger)), 2);
    let long = flow.about("nobody", &[("otp", "123")]);
    for (path, body) in [
        ("otprequest", "{}"),
        ("otprequest", "nothing"),
        ("otpvalidation", "{}"),
        ("otpvalidation", &long),
        ("otpvalidation", &stranger),
    ] {
        assert_eq!(ask(path, body), 0, "{path} {body}");
    }
    let rows = flow.home.json(&["audit", "list", "--limit", "1000"]);
    assert!(!rows.to_string().contains("nobody"), "{rows}");
}

#[test]
fn many_strangers_cost_five_transactions_a_second() {
    let flow = Flow::new();
    let server = flow.start();
    let before = epoch(&server);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (server, flow) = (server.address(), &flow);
            scope.spawn(move || {
                let mut stream = std::net::TcpStream::connect(server).unwrap();
                for n in 0..10 {
                    use std::io::Write as _;
                    let body = flow.about(&format!("nobody-{thread}-{n}"), &[]);
                    let length = body.len();
                    let request = format!(
                        "POST /profitrestservices/otprequest HTTP/1.1\r\nHost: localhost\r\n\
                         Content-Length: {length}\r\n\r\n{body}"
                    );
                    stream.write_all(request.as_bytes()).unwrap();
                    assert_eq!(Reply::read(&mut stream, false).status, 201);
                }
            });
        }
    });
    let seconds = begun.elapsed().as_secs() + 1;
    let cost = epoch(&server) - before;
    assert!(cost >= 5, "{cost}");
    assert!(cost <= 5 + 5 * seconds, "{cost} in {seconds} s");
}

#[test]
fn a_source_over_its_budget_writes_nothing() {
    let flow = Flow::new();
    let options = ["--doors", "profit", "--trust-proxy", "127.0.0.0/8"];
    let server = Running::start(&flow.home, &options);
    let from = |address: &str| {
        let head = [("X-Forwarded-For", address)];
        let body = flow.about("nobody", &[]);
        server.post_body("/profitrestservices/otprequest", &head, body.as_bytes())
    };
    let first = from("2001:db8::1").whole();
    for n in 2..=20 {
        from(&format!("2001:db8::{n:x}"));
    }
    let cost = cost(&server, || from("2001:db8::ffff"));
    assert_eq!(cost, 0);
    assert_eq!(from("2001:db8::ffff").whole(), first);
    let line = server.line(|line| line["reason"] == "throttled");
    assert_eq!(line["route"], "/profitrestservices/otprequest");
    let metrics = server.monitor("/metrics").text().to_owned();
    assert!(
        metrics.contains("hallpass_throttled_total{budget=\"source\"} 2"),
        "{metrics}"
    );
}

/// Asks so often at once. Returns how often the budget of a source was used up until then.
fn throttled_at_once(server: &Running, count: usize, path: &str, head: &str, body: &str) -> u64 {
    use std::io::Write as _;
    let length = body.len();
    let request = format!(
        "POST /profitrestservices/{path} HTTP/1.1\r\nHost: localhost\r\n{head}\
         Content-Length: {length}\r\n\r\n{body}"
    );
    let mut streams: Vec<_> = (0..count)
        .map(|_| std::net::TcpStream::connect(server.address()).unwrap())
        .collect();
    for stream in &mut streams {
        stream.write_all(request.as_bytes()).unwrap();
    }
    for stream in &mut streams {
        Reply::read(stream, false);
    }
    throttled(server, "source")
}

/// How often this budget was used up.
pub(super) fn throttled(server: &Running, budget: &str) -> u64 {
    let text = server.monitor("/metrics").text().to_owned();
    let name = format!("hallpass_throttled_total{{budget=\"{budget}\"}} ");
    let line = text.lines().find_map(|line| line.strip_prefix(&*name));
    line.map_or(0, |count| count.parse().unwrap())
}

#[test]
fn requests_at_once_share_the_budget_of_their_source() {
    let flow = Flow::new();
    let options = ["--doors", "profit", "--trust-proxy", "127.0.0.0/8"];
    for path in ["otprequest", "otpvalidation"] {
        let body = flow.about("ci", &[("otp", "00000000")]);
        let server = Running::start(&flow.home, &options);
        let from = "X-Forwarded-For: 192.0.2.7\r\n";
        let throttled = throttled_at_once(&server, 60, path, from, &body);
        // One is paid off every six seconds.
        assert!((38..=40).contains(&throttled), "{path}: {throttled}");
        // Whom the proxy does not name has a budget too, one for all of them.
        let junk = "X-Forwarded-For: 192.0.2.8, junk\r\n";
        throttled_at_once(&server, 10, path, junk, &body);
        let more = throttled_at_once(&server, 30, path, "", &body) - throttled;
        assert!((16..=20).contains(&more), "{path}: {more}");
    }
}

#[test]
fn keys_that_no_connection_has_stop_nobody() {
    let flow = Flow::new();
    let server = flow.start();
    for n in 0..6 {
        let key = n.to_string().repeat(32);
        let body = flow.about("ci", &[]).replace(&flow.api_key, &key);
        throttled_at_once(&server, 100, "otprequest", "", &body);
    }
    let before = throttled(&server, "total");
    assert!(before > 0);
    // At once: one is paid off each tenth of a second.
    throttled_at_once(&server, 20, "otprequest", "", &flow.about("ci", &[]));
    assert_eq!(throttled(&server, "total"), before);
    server.line(|line| line["reason"] == "requested");
}
