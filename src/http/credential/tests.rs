use data_encoding::BASE64;
use proptest::prelude::*;

use super::*;
use crate::model::token::Encoding;

const TOKEN: &str = "hpass_063UfDVRKBz000A7dl5PEW67zZCpFU9uKaHnGgOvQKAR4bj7ez";
const FOREIGN: &str = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";

fn encoded(form: Encoding) -> String {
    Token::parse(TOKEN)
        .unwrap()
        .encode(form)
        .expose()
        .to_owned()
}

/// What is read from lines of `name: value`.
fn read(lines: &[(&str, &str)], source: Source) -> Credential {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        let name: HeaderName = name.parse().unwrap();
        headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    Credential::read(&headers, source)
}

fn word(credential: &Credential) -> &'static str {
    match credential {
        Credential::None => "none",
        Credential::Several => "several",
        Credential::Malformed => "malformed",
        Credential::Token(Presented::Own(token)) => {
            assert_eq!(*token.bytes(), *Token::parse(TOKEN).unwrap().bytes());
            "own"
        }
        Credential::Token(Presented::Foreign(foreign)) => {
            assert_eq!(foreign.expose(), FOREIGN);
            "foreign"
        }
        Credential::Basic(_) => "basic",
    }
}

#[test]
fn the_schemes_are_read() {
    let xml = encoded(Encoding::Xml);
    let afas = encoded(Encoding::Header);
    let base64 = &afas["AfasToken ".len()..];
    let trailing = BASE64.encode(format!("{xml}\r\n").as_bytes());
    let hex = encoded(Encoding::Hex);
    for (value, expected) in [
        (format!("Bearer {TOKEN}"), "own"),
        (format!("bearer {TOKEN}"), "own"),
        (format!("BEARER  {TOKEN}"), "own"),
        (format!("Bearer {FOREIGN}"), "foreign"),
        (format!("Bearer {xml}"), "own"),
        (format!("Bearer {base64}"), "own"),
        (format!("Bearer {hex}"), "malformed"),
        (format!("Bearer {TOKEN} "), "own"),
        (format!("Bearer {TOKEN},{TOKEN}"), "malformed"),
        (format!("Bearer {TOKEN} {TOKEN}"), "malformed"),
        (format!("Bearer\t{TOKEN}"), "malformed"),
        ("Bearer".to_owned(), "malformed"),
        ("Bearer ".to_owned(), "malformed"),
        (String::new(), "malformed"),
        (TOKEN.to_owned(), "malformed"),
        (format!("Token {TOKEN}"), "malformed"),
        (afas.clone(), "own"),
        (format!("afastoken {base64}"), "own"),
        (format!("AfasToken {trailing}"), "own"),
        (format!("AfasToken {xml}"), "malformed"),
        (format!("AfasToken {hex}"), "malformed"),
        (format!("AfasToken {TOKEN}"), "malformed"),
        (format!("AfasToken AfasToken {base64}"), "malformed"),
        ("Bearer \u{e9}\u{e9}".to_owned(), "malformed"),
        ("Digest username=\"x\"".to_owned(), "malformed"),
    ] {
        let found = read(&[("authorization", &value)], Source::Either);
        assert_eq!(word(&found), expected, "{value}");
    }
    for (value, expected) in [
        (TOKEN, "own"),
        (FOREIGN, "foreign"),
        (hex.as_str(), "malformed"),
        ("", "malformed"),
        ("Bearer x", "malformed"),
    ] {
        let found = read(&[("x-api-key", value)], Source::Either);
        assert_eq!(word(&found), expected, "{value}");
    }
}

#[test]
fn two_credentials_are_refused_unless_one_of_the_headers_counts() {
    let bearer = format!("Bearer {TOKEN}");
    let authorization = ("authorization", bearer.as_str());
    let key = ("x-api-key", FOREIGN);
    let (either, first, second) = (Source::Either, Source::Authorization, Source::ApiKey);
    for (lines, [in_either, in_first, in_second]) in [
        (vec![], ["none", "none", "none"]),
        (vec![authorization], ["own", "own", "none"]),
        (vec![key], ["foreign", "none", "foreign"]),
        (vec![authorization, key], ["several", "own", "foreign"]),
        (
            vec![authorization, authorization],
            ["several", "several", "none"],
        ),
        (vec![key, key], ["several", "none", "several"]),
        (vec![authorization, key, key], ["several", "own", "several"]),
        (
            vec![("authorization", ""), key],
            ["several", "malformed", "foreign"],
        ),
        (
            vec![("cookie", TOKEN), ("proxy-authorization", &bearer)],
            ["none", "none", "none"],
        ),
    ] {
        assert_eq!(word(&read(&lines, either)), in_either, "{lines:?}");
        assert_eq!(word(&read(&lines, first)), in_first, "{lines:?}");
        assert_eq!(word(&read(&lines, second)), in_second, "{lines:?}");
    }
}

#[test]
fn basic_is_a_name_and_a_password_in_utf_8() {
    let decoded = |decoded: &[u8]| {
        let value = format!("basic {}", BASE64.encode(decoded));
        match read(&[("authorization", &value)], Source::Either) {
            Credential::Basic(basic) => Some((basic.user, basic.password.expose().to_owned())),
            other => {
                assert_eq!(word(&other), "malformed");
                None
            }
        }
    };
    let is = |user: &str, password: &str| Some((user.to_owned(), password.to_owned()));
    assert_eq!(decoded(b"ci:a:b"), is("ci", "a:b"));
    assert_eq!(decoded(b":p"), is("", "p"));
    assert_eq!(decoded(b"ci:"), is("ci", ""));
    assert_eq!(decoded("ci:pässwörd".as_bytes()), is("ci", "pässwörd"));
    for wrong in [
        &b"ci"[..],
        b"",
        b"ci:\xff",
        b"ci:a\nb",
        b"c\0i:a",
        b"ci:\x7f",
    ] {
        assert_eq!(decoded(wrong), None, "{wrong:?}");
    }
    for value in [
        "Basic",
        "Basic ",
        "Basic Y2k6YQ",
        "Basic Y2k6YQ= =",
        "Basic %%%%",
    ] {
        let found = read(&[("authorization", value)], Source::Either);
        assert_eq!(word(&found), "malformed", "{value}");
    }
    assert_eq!(decoded(&[b':'; LONGEST_BASIC]), None);
}

proptest! {
    #[test]
    fn no_bytes_bring_the_parser_down(
        scheme in prop_oneof![Just("Bearer "), Just("Basic "), Just("AfasToken "), Just("")],
        value in prop::collection::vec(0x20_u8..=0xff, 0..200),
        decoded in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let encoded = BASE64.encode(&decoded).into_bytes();
        for value in [value, encoded] {
            let value = [scheme.as_bytes(), &value].concat();
            let mut headers = HeaderMap::new();
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                headers.append(AUTHORIZATION, value.clone());
                headers.append(API_KEY, value);
            }
            for source in [Source::Either, Source::Authorization, Source::ApiKey] {
                Credential::read(&headers, source);
            }
        }
    }
}
