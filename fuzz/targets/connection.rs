//! All bytes of one connection, to a server whose doors are open, or only that for proxies.
//!
//! The first byte says how the client behaves; the rest is what it sends.
#![no_main]

use std::cell::RefCell;

use hallpass::http::Door;
use hallpass_fuzz::answers::{self, Raw};
use hallpass_fuzz::server::{Manners, Outcome, World};
use hallpass_fuzz::words::WAIT;
use libfuzzer_sys::{Corpus, fuzz_target};
use memchr::memmem;

const ALL: [Door; 4] = [Door::Verify, Door::Token, Door::Introspect, Door::Profit];

thread_local! {
    static WORLDS: RefCell<[World; 2]> = RefCell::new([World::new(&ALL), World::new(&ALL[..1])]);
}

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some((flags, bytes)) = input.split_first() else {
        return Corpus::Reject;
    };
    // Letters are flags: `@` is none of them, `A` the first, `B` the second.
    let has = |flag: u8| flags & flag != 0;
    let only_verdicts = has(1);
    let manners = Manners {
        trusted: has(2),
        holds: has(4),
        deaf: has(8),
        space: if has(16) { 256 } else { 1 << 20 },
    };
    WORLDS.with_borrow_mut(|worlds| {
        judge(
            &mut worlds[usize::from(only_verdicts)],
            bytes,
            manners,
            only_verdicts,
        );
    });
    Corpus::Keep
});

fn judge(world: &mut World, bytes: &[u8], manners: Manners, only_verdicts: bool) {
    let Outcome { answer, log } = world.converse(bytes, manners);
    let answers = answers::read(&answer);
    for answer in &answers {
        answers::ensure_usual(answer.status, &answer.headers, &answer.body);
        let text = format!("{:?}", answer.headers);
        assert!(
            !world.secrets.are_in(text.as_bytes()),
            "a secret is sent back"
        );
        assert!(!world.secrets.are_in(&answer.body), "a secret is sent back");
        assert!(
            answer.is_whole || manners.deaf || manners.space < 1024,
            "{answer:?}"
        );
        ensure_founded(world, bytes, answer, only_verdicts);
    }
    // One line for each answer, and at most one answer that the HTTP library gave by itself.
    let lines = answers::answered(&log).count();
    assert!(
        answers.len() <= lines + 1,
        "{} answers, {lines} lines",
        answers.len()
    );
    ensure_proxies_are_refused(world, bytes, &answers, &log);
}

/// A verdict is a yes only for who has a valid token, or asks what everybody may.
fn ensure_founded(world: &World, bytes: &[u8], answer: &Raw, only_verdicts: bool) {
    let profile = answers::identity(&answer.headers);
    let has = |word: &[u8]| memmem::find(bytes, word).is_some();
    match profile.as_deref() {
        Some("-") => assert!(has(b"preflight=allow") && has(b"OPTIONS"), "{answer:?}"),
        Some(profile) => {
            assert!(profile == "ci" || profile == "service", "{answer:?}");
            assert!(world.words.has_valid(bytes), "{answer:?}");
        }
        None => assert!(!only_verdicts || answer.status >= 400, "{answer:?}"),
    }
}

/// What begins like the PROXY protocol is never a request, and the log says why.
fn ensure_proxies_are_refused(
    world: &World,
    bytes: &[u8],
    answers: &[Raw],
    log: &[serde_json::Value],
) {
    let waits = memmem::find(bytes, WAIT).unwrap_or(bytes.len());
    let first = world.words.expand(&bytes[..waits]);
    let is_proxy = first.starts_with(b"PROXY ") || first.starts_with(b"\r\n\r\n\0\r\nQUIT\n");
    let is_told = log.iter().any(|line| line["event"] == "proxy_protocol");
    // Its beginning may come in pieces.
    let is_whole = waits == bytes.len();
    assert!(
        is_told == is_proxy || (is_told && !is_whole),
        "{is_told} {is_proxy}: {log:?}"
    );
    assert!(!is_told || answers.is_empty(), "{answers:?}");
}
