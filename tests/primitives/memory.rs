//! Secrets in memory.

use std::fmt::Debug;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;

use hallpass::crypto::{Key, Label, MacKey, SealKey};
use hallpass::entropy::OsEntropy;
use hallpass::sys;

use super::key;
use crate::support::alone;

#[test]
fn nothing_secret_is_shown() {
    let shown = |value: &dyn Debug| format!("{value:?} {value:#?}");
    let secret = key(0xA7);
    assert_eq!(shown(&secret), "Key(..) Key(..)");
    assert_eq!(shown(&MacKey::new(&secret)), "MacKey(..) MacKey(..)");
    assert_eq!(shown(&SealKey::new(&secret)), "SealKey(..) SealKey(..)");
    assert_eq!(
        shown(&MacKey::new(&secret).tag(Label::Idx, &[])),
        "Tag(..) Tag(..)"
    );
}

#[test]
fn a_key_has_32_bytes() {
    for length in (0..100).filter(|&length| length != 32) {
        assert!(Key::from_slice(&vec![1; length]).is_none());
    }
    assert_eq!(*key(3).expose(), [3; 32]);
}

/// The mappings that are neither dumped nor inherited, and whether all of them are locked.
fn guarded_mappings() -> (Vec<(u64, u64)>, bool) {
    let smaps = fs::read_to_string("/proc/self/smaps").unwrap();
    let (mut found, mut locked, mut range) = (Vec::new(), true, (0, 0));
    for line in smaps.lines() {
        if let Some(flags) = line.strip_prefix("VmFlags:") {
            let has = |flag| flags.split_whitespace().any(|it| it == flag);
            if has("dd") && has("wf") {
                locked &= has("lo");
                found.push(range);
            }
        } else if let Some((start, end)) = line.split(' ').next().and_then(|it| it.split_once('-'))
            && let (Ok(start), Ok(end)) =
                (u64::from_str_radix(start, 16), u64::from_str_radix(end, 16))
        {
            range = (start, end);
        }
    }
    (found, locked)
}

fn occurrences(needle: &[u8; 32]) -> usize {
    let memory = File::open("/proc/self/mem").unwrap();
    let count = |&(start, end): &(u64, u64)| {
        let mut bytes = vec![0; usize::try_from(end - start).unwrap()];
        memory.read_exact_at(&mut bytes, start).unwrap();
        bytes.chunks(32).filter(|&chunk| chunk == needle).count()
    };
    guarded_mappings().0.iter().map(count).sum()
}

/// Run by the test below in a process of its own: elsewhere other tests fill the same memory, and
/// whether all of it is locked may change between the two looks.
#[test]
#[ignore = "looks at the memory of the whole process"]
fn guarded_keys() {
    let needle = *Key::generate(&mut OsEntropy).unwrap().expose();
    assert_eq!(occurrences(&needle), 0);
    let keys: Vec<Key> = (0..1_000)
        .map(|_| Key::from_slice(&needle).unwrap())
        .collect();
    let wax = SealKey::new(&keys[0]);
    assert_eq!(occurrences(&needle), 1_001);
    assert_eq!(guarded_mappings().1, sys::memory_is_locked());
    drop(wax);
    drop(keys);
    assert_eq!(occurrences(&needle), 0);
}

#[test]
fn keys_lie_in_guarded_memory_and_are_wiped_when_dropped() {
    alone::passes(alone::test(module_path!(), "guarded_keys"), "keys");
}

#[test]
fn keys_of_many_threads_do_not_share_memory() {
    std::thread::scope(|scope| {
        for fill in 1..=8 {
            scope.spawn(move || {
                for _ in 0..50 {
                    let keys: Vec<Key> = (0..100).map(|_| key(fill)).collect();
                    assert!(keys.iter().all(|key| *key.expose() == [fill; 32]));
                }
            });
        }
    });
}
