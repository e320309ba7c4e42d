//! Probes of health, and the command that makes one.

use std::net::TcpListener;

use super::Running;
use crate::support::test_home::TestHome;

#[test]
fn a_server_is_live_and_ready_and_says_more_only_if_asked() {
    let home = TestHome::with_sample_data();
    let server = Running::start(&home, &[]);
    let text = |path| {
        let reply = server.monitor(path);
        assert_eq!(reply.status, 200, "{path}");
        assert_eq!(
            reply.field("content-type"),
            Some("text/plain; charset=utf-8")
        );
        reply.text().to_owned()
    };
    assert_eq!(text("/livez"), "live\n");
    assert_eq!(text("/healthz"), "live\n");
    assert_eq!(text("/readyz"), "ready\n");
    let details = text("/readyz?verbose");
    assert!(
        details.starts_with("draining: no\nstore: open\n"),
        "{details}"
    );
    assert!(details.ends_with("ready\n"));
}

#[test]
fn the_name_of_a_probe_opens_nothing() {
    let home = TestHome::with_sample_data();
    let server = Running::start(&home, &[]);
    let agents = [
        "GoogleHC/1.0",
        "kube-probe/1.31",
        "ELB-HealthChecker/2.0",
        "hallpass-health",
        "Consul Health Check",
        "Prometheus/3.0",
    ];
    for agent in agents {
        let reply = server.ask("GET /verify", &[("User-Agent", agent)]);
        assert_eq!(reply.status, 401, "{agent}");
        let wrong = [("User-Agent", agent), ("Authorization", "Bearer healthz")];
        assert_eq!(server.ask("GET /verify", &wrong).status, 401, "{agent}");
    }
    for path in [
        "/verify/healthz",
        "/healthz/verify",
        "/verify/../healthz",
        "/verify%2fhealthz",
    ] {
        assert_eq!(
            server.ask(&format!("GET {path}"), &[]).status,
            404,
            "{path}"
        );
    }
}

#[test]
fn probes_are_not_in_the_access_log() {
    let home = TestHome::with_sample_data();
    let server = Running::start(&home, &[]);
    for path in ["/livez", "/readyz", "/metrics", "/nothing"] {
        server.monitor(path);
    }
    server.ask("GET /the-last", &[]);
    // The first line of an answer is that of the one request to a door.
    let line = server.line(|line| line.get("status").is_some());
    assert_eq!(
        (&line["route"], &line["status"]),
        (&"none".into(), &404.into())
    );
}

#[test]
fn health_asks_a_server_without_a_key() {
    let home = TestHome::with_sample_data();
    let server = Running::start(&home, &[]);
    let url = format!("http://{}", server.monitoring());
    // A home without a store, and without a key.
    let stranger = TestHome::empty();
    assert_eq!(stranger.done(&["health", &url]).out, "ready\n");
    assert_eq!(stranger.done(&["health", &url, "--quiet"]).out, "");
    let probe = stranger.json(&["health", &url]);
    assert_eq!(probe["ready"], true);
    assert_eq!(probe["status"], 200);
    assert_eq!(probe["url"], format!("{url}/readyz"));
    let missing = stranger.run(&["health", &format!("{url}/nothing")]);
    assert_eq!(missing.code, 1);
    assert!(missing.out.contains("answers 404"), "{missing:?}");
}

#[test]
fn health_finds_the_server_of_this_machine_by_the_settings() {
    let home = TestHome::with_sample_data();
    let server = Running::start(&home, &[]);
    let settings = std::fs::read_to_string(home.config()).unwrap();
    let listen = format!("[serve]\nmetrics_listen = \"{}\"\n", server.monitoring());
    home.write("health.toml", &format!("{settings}\n{listen}"));
    let asked = ["health", "--config", "health.toml"];
    assert_eq!(home.done(&asked).out, "ready\n");
    home.write(
        "health.toml",
        &format!("{settings}\n[serve]\nmetrics_listen = \"off\"\n"),
    );
    assert!(home.fails(2, &asked).contains("`metrics_listen` off"));
}

#[test]
fn health_asks_over_a_unix_socket() {
    let home = TestHome::with_sample_data();
    let socket = format!("unix:{}", home.file("metrics.sock").display());
    let _server = Running::start(&home, &["--metrics-listen", &socket]);
    assert_eq!(home.done(&["health", &socket]).out, "ready\n");
}

#[test]
fn health_is_one_where_nobody_listens() {
    let home = TestHome::empty();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let answer = home.run(&["health", &url, "-o", "json"]);
    assert_eq!((answer.code, answer.err.as_str()), (1, ""));
    let probe: serde_json::Value = serde_json::from_str(&answer.out).unwrap();
    assert_eq!(
        (&probe["ready"], &probe["status"]),
        (&false.into(), &().into())
    );
    assert!(
        probe["cause"].as_str().unwrap().contains("refused"),
        "{probe}"
    );
    let quiet = home.run(&["health", &url, "-q"]);
    assert_eq!(
        (quiet.code, quiet.out.as_str(), quiet.err.as_str()),
        (1, "", "")
    );
    let socket = home.run(&["health", "unix:/nonexistent/hallpass.sock"]);
    assert_eq!(socket.code, 1);
}

#[test]
fn health_takes_no_https() {
    let home = TestHome::empty();
    let refused = home.fails(2, &["health", "https://127.0.0.1:8788/readyz"]);
    assert!(refused.contains("have no TLS"), "{refused}");
}
