use axum::http::{HeaderName, HeaderValue};
use proptest::prelude::*;

use super::*;

fn trusted(networks: &[&str]) -> Trusted {
    networks.iter().map(|text| text.parse().unwrap()).collect()
}

fn headers(name: &str, lines: &[&str]) -> HeaderMap {
    let name: HeaderName = name.parse().unwrap();
    let mut headers = HeaderMap::new();
    for line in lines {
        headers.append(
            name.clone(),
            HeaderValue::from_bytes(line.as_bytes()).unwrap(),
        );
    }
    headers
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// The client of a trusted peer that sends these lines.
fn client(lines: &[&str]) -> Caller {
    let trusted = trusted(&["10.0.0.0/8", "2001:db8:ff::/48"]);
    let headers = headers("x-forwarded-for", lines);
    let peer = Some(Peer::Address(ip("10.0.0.1")));
    caller(peer, &headers, &trusted, &HeaderField::usual())
}

#[test]
fn every_spelling_of_an_address_is_that_address_or_none() {
    let four = Some("192.0.2.7");
    let six = Some("2001:db8::7");
    let table = [
        ("192.0.2.7", four),
        (" 192.0.2.7", four),
        ("192.0.2.7\t", four),
        ("192.0.2.7:80", four),
        ("192.0.2.7:65535", four),
        ("192.0.2.7:0", four),
        ("::ffff:192.0.2.7", four),
        ("::FFFF:192.0.2.7", four),
        ("::ffff:c000:207", four),
        ("0:0:0:0:0:ffff:c000:0207", four),
        ("[::ffff:192.0.2.7]", four),
        ("[::ffff:192.0.2.7]:443", four),
        ("2001:db8::7", six),
        ("2001:DB8::7", six),
        ("2001:0db8:0000:0000:0000:0000:0000:0007", six),
        ("2001:db8:0:0::7", six),
        ("[2001:db8::7]", six),
        ("[2001:db8::7]:443", six),
        ("::192.0.2.7", Some("::192.0.2.7")),
        ("64:ff9b::192.0.2.7", Some("64:ff9b::c000:207")),
        ("192.0.2.7:", None),
        ("192.0.2.7:65536", None),
        ("192.0.2.7:+80", None),
        ("192.0.2.7:http", None),
        ("192.0.2.7 80", None),
        ("[192.0.2.7]", None),
        ("[2001:db8::7", None),
        ("2001:db8::7]", None),
        ("[2001:db8::7]443", None),
        ("[2001:db8::7]:", None),
        ("\"[2001:db8::7]:443\"", None),
        ("fe80::1%eth0", None),
        ("[fe80::1%25eth0]:80", None),
        ("unknown", None),
        ("_hidden", None),
        ("unix:", None),
        ("", None),
        ("192.0.2.07", None),
        ("192.0.2", None),
        ("3221225991", None),
        ("0xc0000207", None),
        ("192.0.2.7/32", None),
        ("for=192.0.2.7", None),
        ("localhost", None),
        ("192.0.2.7;", None),
        ("\u{661}92.0.2.7", None),
    ];
    assert!(table.len() >= 40);
    for (text, expected) in table {
        let expected = expected.map_or(Caller::Unknown, |text| Caller::At(ip(text)));
        assert_eq!(client(&[text]), expected, "{text}");
    }
}

#[test]
fn the_list_is_walked_from_the_right() {
    let real = Caller::At(ip("198.51.100.9"));
    for lines in [
        &["198.51.100.9"][..],
        &["192.0.2.1, 198.51.100.9"],
        &["192.0.2.1", "198.51.100.9"],
        &["192.0.2.1,198.51.100.9, 10.1.1.1", "10.2.2.2,10.3.3.3"],
        &["unknown, 198.51.100.9, 2001:db8:ff::1"],
        &["198.51.100.9:1234, [2001:db8:ff::1]:80, ::ffff:10.1.2.3"],
    ] {
        assert_eq!(client(lines), real, "{lines:?}");
    }
    for lines in [
        &[][..],
        &[""],
        &["10.1.1.1, 10.2.2.2"],
        &["198.51.100.9,"],
        &["198.51.100.9", ""],
        &["198.51.100.9, unknown"],
        &["198.51.100.9, fe80::1%eth0, 10.0.0.9"],
    ] {
        assert_eq!(client(lines), Caller::Unknown, "{lines:?}");
    }
}

#[test]
fn only_a_trusted_peer_and_only_one_header_is_believed() {
    let trust = trusted(&["10.0.0.0/8"]);
    let header = HeaderField::usual();
    let says = headers("x-forwarded-for", &["192.0.2.7"]);
    let of = |peer, headers: &HeaderMap, trust: &Trusted| caller(peer, headers, trust, &header);
    let proxy = Some(Peer::Address(ip("10.0.0.1")));
    let other = Some(Peer::Address(ip("::ffff:198.51.100.9")));
    assert_eq!(of(proxy, &says, &trust), Caller::At(ip("192.0.2.7")));
    assert_eq!(of(other, &says, &trust), Caller::At(ip("198.51.100.9")));
    assert_eq!(of(Some(Peer::Unix), &says, &trust), Caller::Unknown);
    assert_eq!(of(None, &says, &trust), Caller::Unknown);
    let unix = trusted(&["unix"]);
    assert_eq!(
        of(Some(Peer::Unix), &says, &unix),
        Caller::At(ip("192.0.2.7"))
    );
    assert_eq!(of(proxy, &says, &unix), Caller::At(ip("10.0.0.1")));
    for name in [
        "x-real-ip",
        "forwarded",
        "x-original-for",
        "x-forwarded-for-2",
    ] {
        let says = headers(name, &["192.0.2.7"]);
        assert_eq!(of(proxy, &says, &trust), Caller::Unknown, "{name}");
    }
    let header: HeaderField = "X-Real-IP".parse().unwrap();
    let says = headers("x-real-ip", &["192.0.2.7"]);
    assert_eq!(
        caller(proxy, &says, &trust, &header),
        Caller::At(ip("192.0.2.7"))
    );
}

/// Written otherwise than the code: the lines are joined, split, and read as wire.md says it.
fn reference(lines: &[String]) -> Caller {
    let joined = lines.join(",");
    let mut entries: Vec<&str> = joined.split(',').map(str::trim).collect();
    while let Some(entry) = entries.pop() {
        let bare = match entry.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap(),
            None if entry.matches(':').count() == 1 => entry.split(':').next().unwrap(),
            None => entry,
        };
        let Ok(address) = bare.parse::<IpAddr>() else {
            return Caller::Unknown;
        };
        let address = match address {
            IpAddr::V6(six) => six.to_ipv4_mapped().map_or(address, IpAddr::V4),
            IpAddr::V4(_) => address,
        };
        let is_ours = match address {
            IpAddr::V4(four) => four.octets()[0] == 10,
            IpAddr::V6(six) => six.segments()[..3] == [0x2001, 0xdb8, 0xff],
        };
        if !is_ours {
            return Caller::At(address);
        }
    }
    Caller::Unknown
}

fn entry() -> impl Strategy<Value = String> {
    let four = any::<[u8; 4]>().prop_map(|bytes| IpAddr::from(bytes).to_string());
    let ours = any::<[u8; 3]>().prop_map(|[a, b, c]| format!("10.{a}.{b}.{c}"));
    let ours = ours.boxed();
    let six = any::<[u16; 8]>().prop_map(|parts| Ipv6Addr::from(parts).to_string());
    let own_six = any::<u16>().prop_map(|n| format!("[2001:db8:ff::{n:x}]:443"));
    let port = (ours.clone(), any::<u16>()).prop_map(|(ip, port)| format!("{ip}:{port}"));
    let mapped = ours.clone().prop_map(|ip| format!("::ffff:{ip}"));
    let junk = prop_oneof![
        Just("unknown".to_owned()),
        Just(String::new()),
        Just("fe80::1%e".to_owned())
    ];
    prop_oneof![2 => four, 4 => ours, 2 => own_six, 1 => six, 2 => port, 2 => mapped, 1 => junk]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn chains_are_read_as_by_the_reference(
        lines in prop::collection::vec(prop::collection::vec(entry(), 1..5), 1..4),
    ) {
        let lines: Vec<String> = lines.iter().map(|line| line.join(", ")).collect();
        let texts: Vec<&str> = lines.iter().map(String::as_str).collect();
        prop_assert_eq!(client(&texts), reference(&lines));
    }

    #[test]
    fn no_bytes_bring_the_walk_down(line in prop::collection::vec(0x20_u8..=0xff, 0..80)) {
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::from_bytes(&line) {
            headers.append("x-forwarded-for", value);
        }
        let trust = trusted(&["unix"]);
        caller(Some(Peer::Unix), &headers, &trust, &HeaderField::usual());
    }
}
