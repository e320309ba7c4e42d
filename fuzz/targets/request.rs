//! One request at the routes: its head with any bytes that a header may have, and its body.
//!
//! A first byte of flags, then a text like that of a request, with line feeds alone. What is answered
//! and logged is compared with other, simpler readings of the same head.
#![no_main]

use std::cell::RefCell;
use std::net::{IpAddr, SocketAddr};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use hallpass::http::Door;
use hallpass_fuzz::answers;
use hallpass_fuzz::server::{Outcome, World, peer};
use libfuzzer_sys::{Corpus, fuzz_target};

const ALL: [Door; 4] = [Door::Verify, Door::Token, Door::Introspect, Door::Profit];

/// The parameters of `/verify`.
const PARAMETERS: [&str; 6] = [
    "connection",
    "environment",
    "device",
    "challenge",
    "from",
    "preflight",
];

thread_local! {
    static WORLD: RefCell<World> = RefCell::new(World::new(&ALL));
}

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some((flags, text)) = input.split_first() else {
        return Corpus::Reject;
    };
    WORLD.with_borrow_mut(|world| {
        let Some(request) = read(&world.words.expand(text)) else {
            return Corpus::Reject;
        };
        judge(world, request, text, flags & 1 != 0);
        Corpus::Keep
    })
});

fn read(text: &[u8]) -> Option<Request<Vec<u8>>> {
    let mut rest = text;
    let mut line = || {
        let end = memchr::memchr(b'\n', rest)?;
        let (line, after) = rest.split_at(end);
        rest = &after[1..];
        Some(line)
    };
    let first = line()?;
    let space = memchr::memchr(b' ', first)?;
    let method = Method::from_bytes(&first[..space]).ok()?;
    let target = Uri::try_from(&first[space + 1..]).ok()?;
    let mut request = Request::new(Vec::new());
    *request.method_mut() = method;
    *request.uri_mut() = target;
    loop {
        let field = line()?;
        if field.is_empty() {
            break;
        }
        let colon = memchr::memchr(b':', field)?;
        let name = HeaderName::from_bytes(&field[..colon]).ok()?;
        let value = HeaderValue::from_bytes(field[colon + 1..].trim_ascii()).ok()?;
        request.headers_mut().try_append(name, value).ok()?;
    }
    *request.body_mut() = rest.to_vec();
    Some(request)
}

fn judge(world: &mut World, request: Request<Vec<u8>>, text: &[u8], trusted: bool) {
    let (head, body) = request.into_parts();
    let sent = Request::from_parts(head.clone(), Body::from(body));
    let Outcome { answer, log } = world.ask(sent, trusted);
    let (status, headers) = (answer.status().as_u16(), answer.headers());
    answers::ensure_usual(status, headers, answer.body());
    assert!(
        !world.secrets.are_in(answer.body()),
        "a secret is sent back"
    );
    let [line] = answers::answered(&log).collect::<Vec<_>>()[..] else {
        panic!("not one line for one answer: {log:?}");
    };
    assert_eq!(line["status"], status);
    let client = client(&head.headers, trusted).map(|client| client.to_string());
    assert_eq!(
        line["client"].as_str(),
        client.as_deref(),
        "{:?}",
        head.headers
    );
    let Some(profile) = answers::identity(headers) else {
        let is_verdict = line["door"] == "verify";
        assert!(!is_verdict || status >= 400, "{status} without an identity");
        return;
    };
    assert!(head.method != Method::CONNECT && head.method != Method::TRACE);
    assert!(!names_us(&head.headers), "{:?}", head.headers);
    let query = head.uri.query().unwrap_or_default();
    let path = head.uri.path();
    if profile == "-" {
        let asks = |name| head.headers.contains_key(name);
        assert!(path == "/verify" && query.split('&').any(|pair| pair == "preflight=allow"));
        assert!(head.method == Method::OPTIONS && asks("origin"));
        assert!(asks("access-control-request-method"));
    } else {
        assert!(world.words.has_valid(text), "{profile} without a token");
        ensure_one_credential(&head.headers, path, query);
    }
    let connection = headers["hallpass-connection"].to_str().unwrap();
    let connection = unescaped(connection, false).unwrap();
    match asked_connection(path, query) {
        Some(asked) => assert!(connection.eq_ignore_ascii_case(&asked), "{asked}"),
        None => assert!(connection == "hr" || profile == "-", "{connection}"),
    }
}

/// The address that the log should have, by the readers of the standard library.
fn client(headers: &HeaderMap, trusted: bool) -> Option<IpAddr> {
    if !trusted {
        return Some(peer(false));
    }
    let lines: Vec<_> = headers.get_all("x-forwarded-for").iter().collect();
    let lines: Vec<_> = lines.iter().map(|line| line.as_bytes()).collect();
    let list = lines.join(&b',');
    let mut entries: Vec<_> = list.split(|byte| *byte == b',').collect();
    while let Some(entry) = entries.pop() {
        let address = address(entry)?;
        let is_proxy = match address {
            IpAddr::V4(address) => address.octets()[0] == 10,
            IpAddr::V6(address) => address.octets()[0] == 0xfd,
        };
        if !is_proxy {
            return Some(address);
        }
    }
    None
}

fn address(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry.trim_ascii()).ok()?;
    let with_port = text.parse::<SocketAddr>().map(|socket| socket.ip());
    let bare = text.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let bare = bare.filter(|bare| bare.contains(':')).unwrap_or(text);
    let address = with_port.or_else(|_| bare.parse()).ok()?;
    (!text.contains('%')).then(|| address.to_canonical())
}

fn names_us(headers: &HeaderMap) -> bool {
    let usual = |name: &HeaderName| name.as_str().replace(['_', '.'], "-");
    headers
        .keys()
        .any(|name| usual(name).starts_with("hallpass-"))
}

/// One credential counted: there was no other, or the proxy had said which one counts.
fn ensure_one_credential(headers: &HeaderMap, path: &str, query: &str) {
    let count = |name| headers.get_all(name).iter().count();
    let (authorization, api_key) = (count("authorization"), count("x-api-key"));
    let from = query.split('&').find_map(|pair| pair.strip_prefix("from="));
    match from.filter(|_| path == "/verify") {
        None => assert_eq!(authorization + api_key, 1),
        Some("authorization") => assert_eq!(authorization, 1),
        Some("x-api-key") => assert_eq!(api_key, 1),
        Some(from) => panic!("`from={from}` was taken"),
    }
}

/// The connection that a proxy asked about; every parameter is a known one, and there once.
fn asked_connection(path: &str, query: &str) -> Option<String> {
    if let Some(segments) = path.strip_prefix("/authz/") {
        let first = segments.split('/').next().unwrap();
        return (first != "-").then(|| unescaped(first, false).unwrap());
    }
    assert_eq!(path, "/verify");
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let pairs: Vec<_> = pairs.collect();
    for (name, _) in &pairs {
        assert!(PARAMETERS.contains(name), "`{name}` was ignored");
        let count = pairs.iter().filter(|(other, _)| other == name).count();
        assert_eq!(count, 1, "`{name}` is there more than once");
    }
    let asked = pairs.iter().find(|(name, _)| *name == "connection");
    asked.map(|(_, value)| unescaped(value, true).unwrap())
}

/// Percent-decoding, split by split.
fn unescaped(text: &str, plus: bool) -> Option<String> {
    let text = if plus {
        text.replace('+', " ")
    } else {
        text.to_owned()
    };
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let digits = part.get(..2)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).ok()
}
