//! Addresses of mail and of networks.

use std::net::IpAddr;

use hallpass::model::address::AddressRange;
use hallpass::model::email::EmailAddress;

use super::{are_read, are_refused, read, refusal};

#[test]
fn addresses_are_plain() {
    are_read::<EmailAddress>(&[
        "a@b.nl",
        "Anna.O'Hara+ci@Mail.example.COM",
        "root@localhost",
        "x@xn--bcher-kva.example",
    ]);
    are_refused::<EmailAddress>(&[
        "",
        "a",
        "@b.nl",
        "a@",
        "a@b",
        "a@@b.nl",
        "a@b@c.nl",
        "a b@c.nl",
        ".a@b.nl",
        "a.@b.nl",
        "a..b@c.nl",
        "-oX@b.nl",
        "a@-b.nl",
        "a@b-.nl",
        "a@b..nl",
        "a@.nl",
        "a@b.nl.",
        "\"a\"@b.nl",
        "a@[192.0.2.1]",
        "a@b.nl\r\nBcc: x@y.nl",
        "a@b.nl,c@d.nl",
        "A <a@b.nl>",
        "é@b.nl",
        "a@é.nl",
        "a\u{200b}@b.nl",
        " a@b.nl",
        &format!("{}@b.nl", "x".repeat(65)),
        &format!("a@{}.nl", "x".repeat(64)),
        &format!("a@{}nl", "x.".repeat(130)),
    ]);
    let address: EmailAddress = "Anna@Mail.NL".parse().unwrap();
    assert_eq!(address.canonical(), "anna@mail.nl");
}

#[test]
fn ranges_are_networks_or_single_addresses() {
    are_read::<AddressRange>(&["10.0.0.0/8", "0.0.0.0/0", "::/0", "2001:db8::/32"]);
    for (given, shown) in [
        ("192.0.2.1", "192.0.2.1/32"),
        ("2001:DB8::1", "2001:db8::1/128"),
        ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
        ("::ffff:192.0.2.1", "192.0.2.1/32"),
    ] {
        assert_eq!(read::<AddressRange>(given).as_deref(), Some(shown));
    }
    are_refused::<AddressRange>(&[
        "",
        "x",
        "10.0.0.0/",
        "/8",
        "10.0.0.0/33",
        "::/129",
        "10.0.0.0/08",
        "10.0.0.0/+8",
        "10.0.0.0/8/8",
        "10.0.0.0/255.0.0.0",
        "010.0.0.1",
        "10.0.0",
        "fe80::1%eth0",
        " 10.0.0.1",
        "[::1]",
        "10.0.0.1:80",
    ]);
    let refusal = refusal::<AddressRange>("10.1.2.3/8").unwrap().to_string();
    assert!(refusal.contains("`10.0.0.0/8`"), "{refusal}");
}

#[test]
fn an_ipv4_address_is_the_same_in_either_dress() {
    let range: AddressRange = "10.0.0.0/8".parse().unwrap();
    for (address, inside) in [
        ("10.255.0.1", true),
        ("::ffff:10.255.0.1", true),
        ("11.0.0.1", false),
        ("::ffff:11.0.0.1", false),
        ("::10.255.0.1", false),
    ] {
        assert_eq!(
            range.contains(address.parse().unwrap()),
            inside,
            "{address}"
        );
    }
    let six: AddressRange = "::/0".parse().unwrap();
    assert!(
        !six.contains("::ffff:10.0.0.1".parse().unwrap()),
        "not IPv6 at heart"
    );
}

#[test]
fn probes_tell_ranges_apart_wherever_an_address_lies() {
    let sets: [&[&str]; 6] = [
        &[],
        &["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3"],
        &["0.0.0.0/0", "255.255.255.255", "0.0.0.0"],
        &["::/0", "2001:db8::/32", "2001:db8::1"],
        &["::ffff:192.0.2.0/120", "192.0.2.7", "::/64"],
        &["ffff::/16", "::1", "128.0.0.0/1"],
    ];
    let addresses = [
        "0.0.0.0",
        "0.0.0.1",
        "9.255.255.255",
        "10.0.0.0",
        "10.1.2.2",
        "10.1.2.3",
        "10.1.2.4",
        "10.2.0.0",
        "127.255.255.255",
        "128.0.0.0",
        "192.0.2.7",
        "192.0.2.8",
        "192.0.3.0",
        "255.255.255.254",
        "255.255.255.255",
        "::",
        "::1",
        "::2",
        "::fffe:ffff:ffff",
        "::ffff:192.0.2.7",
        "::1:0:0:0",
        "::ffff:ffff:ffff:ffff",
        "0:0:0:1::",
        "2001:db8::",
        "2001:db8::1",
        "2001:db8::2",
        "2001:db9::",
        "fffe::",
        "ffff::",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ];
    for set in sets {
        let ranges: Vec<AddressRange> = set.iter().map(|text| text.parse().unwrap()).collect();
        let inside = |address: &IpAddr| -> Vec<bool> {
            ranges
                .iter()
                .map(|range| range.contains(*address))
                .collect()
        };
        let probes = AddressRange::probes(&ranges);
        for address in addresses {
            let address: IpAddr = address.parse().unwrap();
            let alike = probes.iter().any(|probe| inside(probe) == inside(&address));
            assert!(alike, "{address} in {set:?}");
        }
    }
}
