//! Sealed values, and T38: randomness.

use std::collections::HashSet;

use hallpass::crypto::{KdfError, Key, OVERHEAD, SealKey, hash_password, tag_of};
use hallpass::entropy::BrokenEntropy;
use hallpass::entropy::{NoRandomness, OsEntropy};

use super::{CHEAP, key};

#[test]
fn what_is_sealed_opens_again() {
    let wax = SealKey::new(&key(1));
    for length in [0, 1, 63, 64, 65, 128, 8192, 1 << 20] {
        let plain = vec![0x5A; length];
        let sealed = wax.seal(b"here", &plain, &mut OsEntropy).unwrap();
        assert_eq!(sealed.len(), length + OVERHEAD);
        assert_eq!(*wax.open(b"here", &sealed).unwrap(), plain);
        assert_eq!(tag_of(&sealed).unwrap(), sealed[sealed.len() - 16..]);
    }
}

#[test]
fn a_changed_bit_a_cut_another_place_and_another_key_are_refused() {
    let wax = SealKey::new(&key(1));
    let sealed = wax.seal(b"here", &[0x5A; 128], &mut OsEntropy).unwrap();
    for bit in 0..sealed.len() * 8 {
        let mut changed = sealed.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(wax.open(b"here", &changed).is_none(), "bit {bit}");
    }
    for length in 0..sealed.len() {
        assert!(
            wax.open(b"here", &sealed[..length]).is_none(),
            "length {length}"
        );
    }
    assert!(wax.open(b"there", &sealed).is_none());
    assert!(wax.open(b"", &sealed).is_none());
    assert!(
        wax.open(b"here", &[sealed.as_slice(), &[0]].concat())
            .is_none()
    );
    assert!(SealKey::new(&key(2)).open(b"here", &sealed).is_none());
    assert!(wax.open(b"here", &sealed).is_some());
}

#[test]
fn too_little_has_no_tag() {
    assert!(tag_of(&[0; OVERHEAD - 1]).is_none());
    assert!(tag_of(&[0; OVERHEAD]).is_some());
}

#[test]
fn nonces_and_keys_do_not_repeat() {
    let wax = SealKey::new(&key(1));
    let mut nonces = HashSet::new();
    for _ in 0..100_000 {
        let sealed = wax.seal(b"", b"", &mut OsEntropy).unwrap();
        assert!(nonces.insert(<[u8; 24]>::try_from(&sealed[..24]).unwrap()));
    }
    let keys: Vec<Key> = (0..5_000)
        .map(|_| Key::generate(&mut OsEntropy).unwrap())
        .collect();
    let distinct: HashSet<[u8; 32]> = keys.iter().map(|key| *key.expose()).collect();
    assert_eq!(distinct.len(), keys.len());
}

#[test]
fn without_randomness_nothing_is_made() {
    assert!(matches!(
        Key::generate(&mut BrokenEntropy),
        Err(NoRandomness)
    ));
    let sealed = SealKey::new(&key(1)).seal(b"", b"plain", &mut BrokenEntropy);
    assert_eq!(sealed, Err(NoRandomness));
    let hash = hash_password(b"password", &key(1), &CHEAP, &mut BrokenEntropy);
    assert_eq!(hash, Err(KdfError::NoRandomness(NoRandomness)));
}
