//! What every answer must be, whatever was asked.

use axum::http::HeaderMap;
use serde_json::Value;

/// The headers that an answer must not have: redirects, cookies, and those of one hop.
const NEVER: [&str; 7] = [
    "location",
    "set-cookie",
    "keep-alive",
    "proxy-authenticate",
    "te",
    "trailer",
    "upgrade",
];

/// The headers that say who may pass.
const IDENTITY: [&str; 7] = [
    "hallpass-profile",
    "hallpass-token",
    "hallpass-token-id",
    "hallpass-connection",
    "hallpass-environment",
    "hallpass-device",
    "hallpass-expires",
];

/// An answer as it came over a connection.
#[derive(Debug)]
pub struct Raw {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
    /// Whether all of its body came.
    pub is_whole: bool,
}

/// Reads all answers of a connection. What is no answer there is none of ours.
pub fn read(mut bytes: &[u8]) -> Vec<Raw> {
    let mut answers = Vec::new();
    while !bytes.is_empty() {
        let Some(end) = memchr::memmem::find(bytes, b"\r\n\r\n") else {
            // The server gave up while nobody read.
            assert!(starts_an_answer(bytes), "these are no answers: {bytes:?}");
            break;
        };
        let (head, rest) = bytes.split_at(end + 4);
        bytes = rest;
        let (status, headers) = read_head(head);
        if (100..200).contains(&status) {
            continue;
        }
        let (body, is_whole) = read_body(&mut bytes, status, &headers);
        answers.push(Raw {
            status,
            headers,
            body,
            is_whole,
        });
    }
    answers
}

fn starts_an_answer(bytes: &[u8]) -> bool {
    let start = b"HTTP/1.";
    let length = start.len().min(bytes.len());
    bytes[..length] == start[..length]
}

fn read_head(head: &[u8]) -> (u16, HeaderMap) {
    let head = std::str::from_utf8(head).expect("a head is no text");
    let mut lines = head.trim_end().split("\r\n");
    let first = lines.next().unwrap();
    let status = first
        .strip_prefix("HTTP/1.1 ")
        .or_else(|| first.strip_prefix("HTTP/1.0 "));
    let status = status.and_then(|status| status.get(..3)?.parse().ok());
    let status = status.unwrap_or_else(|| panic!("no answer begins with {first:?}"));
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(": ").expect("a header has no value");
        let name: axum::http::HeaderName = name.parse().expect("a header has no name");
        headers.append(name, value.parse().expect("a header has an odd value"));
    }
    (status, headers)
}

/// The body of an answer. One to HEAD has none, whatever its head says; no body begins like an
/// answer.
fn read_body(bytes: &mut &[u8], status: u16, headers: &HeaderMap) -> (Vec<u8>, bool) {
    if status == 204 || status == 304 || bytes.starts_with(b"HTTP/1.") {
        return (Vec::new(), true);
    }
    if headers.contains_key("transfer-encoding") {
        return read_chunks(bytes);
    }
    let length = headers.get("content-length");
    let length: Option<usize> = length.map(|length| length.to_str().unwrap().parse().unwrap());
    let there = length.unwrap_or(bytes.len()).min(bytes.len());
    let (body, rest) = bytes.split_at(there);
    *bytes = rest;
    (body.to_vec(), length.is_none_or(|length| length == there))
}

fn read_chunks(bytes: &mut &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    while let Some(end) = memchr::memmem::find(bytes, b"\r\n") {
        let size = std::str::from_utf8(&bytes[..end]).expect("a size of a chunk is no text");
        let size = usize::from_str_radix(size, 16).expect("a size of a chunk is no number");
        let Some(chunk) = bytes.get(end + 2..end + 2 + size) else {
            break;
        };
        body.extend_from_slice(chunk);
        *bytes = bytes.get(end + 2 + size + 2..).unwrap_or_default();
        if size == 0 {
            return (body, true);
        }
    }
    *bytes = &[];
    (body, false)
}

/// Panics unless an answer has what every answer has, and nothing that none may have.
pub fn ensure_usual(status: u16, headers: &HeaderMap, body: &[u8]) {
    let only = |name: &str, value: &str| {
        let values: Vec<_> = headers.get_all(name).iter().collect();
        assert_eq!(values, [value], "{name} of {status}: {headers:?}");
    };
    only("cache-control", "no-store");
    only("x-content-type-options", "nosniff");
    for name in NEVER {
        assert!(
            !headers.contains_key(name),
            "{name} of {status}: {headers:?}"
        );
    }
    for value in headers.get_all("connection") {
        // Clients of HTTP/1.0 are told whether they may go on.
        assert!(value == "close" || value == "keep-alive", "{headers:?}");
    }
    assert!(headers.get_all("connection").iter().count() < 2);
    assert!(headers.get_all("content-length").iter().count() < 2);
    assert!(!(300..400).contains(&status), "{status} is a redirect");
    // A fault of SOAP is one that was thought of. Nothing else fails here.
    assert!(status != 500 || !body.is_empty(), "{headers:?}");
}

/// Panics unless the headers that say who may pass are all there, and none is empty. Returns the
/// profile; `None` if there is none of them.
pub fn identity(headers: &HeaderMap) -> Option<String> {
    let known = IDENTITY.map(|name| headers.get_all(name).iter().collect::<Vec<_>>());
    if known.iter().all(Vec::is_empty) {
        return None;
    }
    for values in &known {
        let [value] = values[..] else {
            panic!("not one of each: {headers:?}");
        };
        let text = value.as_bytes();
        let is_plain = !text.is_empty() && text.iter().all(u8::is_ascii_graphic);
        assert!(is_plain, "an identity is empty or not plain: {headers:?}");
    }
    Some(known[0][0].to_str().unwrap().to_owned())
}

/// The lines of a log that are answers.
pub fn answered(log: &[Value]) -> impl Iterator<Item = &Value> {
    log.iter()
        .filter(|line| line.get("status").is_some() && line.get("us").is_some())
}
