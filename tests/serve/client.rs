//! Where the client is, behind a proxy and without one.

use super::{Conversation, Running};
use crate::support::test_home::TestHome;

/// A home with a token that is valid from `range` only, and the field that presents it.
fn bound(range: &str) -> (TestHome, String) {
    let home = TestHome::with_sample_data();
    let token = home.token(&["github/laptop", "--allow-ip", range]);
    (home, format!("Bearer {token}"))
}

fn statuses(server: &Running, bearer: &str, cases: &[(&[(&str, &str)], u16)]) {
    let mut client = Conversation::with(server);
    for (fields, status) in cases {
        let fields = [&[("Authorization", bearer)], *fields].concat();
        let reply = client.ask("GET /verify", &fields);
        assert_eq!(reply.status, *status, "{fields:?}");
    }
}

#[test]
fn without_a_trusted_proxy_the_client_is_the_peer() {
    let (home, bearer) = bound("192.0.2.0/24");
    let server = Running::start(&home, &[]);
    let budgets = server.line(|line| line["event"] == "source_budgets");
    assert_eq!(budgets["state"], "off");
    let cases: &[(&[(&str, &str)], u16)] = &[
        (&[], 403),
        (&[("X-Forwarded-For", "192.0.2.7")], 403),
        (&[("X-Real-Ip", "192.0.2.7")], 403),
    ];
    statuses(&server, &bearer, cases);
    let (home, bearer) = bound("127.0.0.0/8");
    let server = Running::start(&home, &[]);
    statuses(
        &server,
        &bearer,
        &[(&[("X-Forwarded-For", "192.0.2.7")], 204)],
    );
}

#[test]
fn a_trusted_proxy_names_its_client_in_one_header() {
    let (home, bearer) = bound("192.0.2.0/24");
    let options = [
        "--trust-proxy",
        "127.0.0.0/8",
        "--trust-proxy",
        "10.0.0.0/8",
    ];
    let server = Running::start(&home, &options);
    let cases: &[(&[(&str, &str)], u16)] = &[
        (&[("X-Forwarded-For", "192.0.2.7")], 204),
        (&[("X-Forwarded-For", "::ffff:192.0.2.7")], 204),
        (
            &[("X-Forwarded-For", "198.51.100.9, 192.0.2.7:80, 10.1.1.1")],
            204,
        ),
        (
            &[
                ("X-Forwarded-For", "198.51.100.9"),
                ("x-forwarded-for", "192.0.2.7"),
            ],
            204,
        ),
        // The client's own words come first.
        (&[("X-Forwarded-For", "192.0.2.7, 198.51.100.9")], 403),
        (
            &[
                ("X-Forwarded-For", "192.0.2.7"),
                ("x-forwarded-for", "198.51.100.9"),
            ],
            403,
        ),
        // The proxy dropped its header because the client had it listed in `Connection`.
        (&[("Connection", "X-Forwarded-For")], 403),
        (&[], 403),
        (&[("X-Forwarded-For", "10.1.1.1, 127.0.0.1")], 403),
        (&[("X-Forwarded-For", "192.0.2.7, unknown")], 403),
        (&[("X-Forwarded-For", "192.0.2.7,")], 403),
        (&[("X-Real-Ip", "192.0.2.7")], 403),
        (&[("Forwarded", "for=192.0.2.7")], 403),
        (
            &[
                ("X-Real-Ip", "192.0.2.7"),
                ("X-Forwarded-For", "198.51.100.9"),
            ],
            403,
        ),
    ];
    statuses(&server, &bearer, cases);
    let line = server.line(|line| line["status"] == 403);
    assert_eq!(line["reason"], "address_not_allowed");
}

/// The proxy's own address is nobody's: a rule that allows it does not let an unknown client pass.
#[test]
fn an_unknown_client_is_not_the_proxy() {
    let (home, bearer) = bound("127.0.0.1");
    let open = home.token(&["github/open"]);
    let server = Running::start(&home, &["--trust-proxy", "127.0.0.1"]);
    statuses(
        &server,
        &bearer,
        &[(&[], 403), (&[("X-Forwarded-For", "127.0.0.1")], 403)],
    );
    statuses(&server, &format!("Bearer {open}"), &[(&[], 204)]);
    home.done(&[
        "connection",
        "edit",
        "ci",
        "--add-deny-ip",
        "198.51.100.0/24",
        "--yes",
    ]);
    let mut client = Conversation::with(&server);
    let open = format!("Bearer {open}");
    let mut at_ci = |fields: &[(&str, &str)]| {
        let fields = [&[("Authorization", open.as_str())], fields].concat();
        client.ask("GET /verify?connection=ci", &fields).status
    };
    assert_eq!(at_ci(&[]), 403);
    assert_eq!(at_ci(&[("X-Forwarded-For", "192.0.2.7")]), 204);
}

#[test]
fn another_header_can_be_the_one() {
    let (home, bearer) = bound("192.0.2.0/24");
    let options = [
        "--trust-proxy",
        "127.0.0.1",
        "--client-ip-header",
        "X-Real-IP",
    ];
    let server = Running::start(&home, &options);
    let cases: &[(&[(&str, &str)], u16)] = &[
        (&[("X-Real-Ip", "192.0.2.7")], 204),
        (&[("X-Forwarded-For", "192.0.2.7")], 403),
    ];
    statuses(&server, &bearer, cases);
}

#[test]
fn a_network_that_is_too_wide_is_refused_at_start() {
    let home = TestHome::with_sample_data();
    for (network, why) in [
        ("0.0.0.0/0", "too wide"),
        ("::/0", "IPv4-mapped"),
        ("::ffff:0:0/90", "host bits"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("::ffff:10.0.0.0/104", "IPv4-mapped"),
        ("2000::/3", "too wide"),
        ("proxy.example", "network"),
    ] {
        let refused = home.fails(2, &["serve", "--trust-proxy", network]);
        assert!(refused.contains(why), "{network}: {refused}");
    }
}
