//! Password hashes.

use hallpass::crypto::{Argon2Params, KdfError, hash_password, needs_rehash, verify_password};
use hallpass::entropy::OsEntropy;

use super::{CHEAP, key};

#[test]
fn a_password_is_known_again_and_no_other() {
    let hash = hash_password(b"correct", &key(1), &CHEAP, &mut OsEntropy).unwrap();
    assert!(
        hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{hash}"
    );
    assert_eq!(verify_password(&hash, &key(1), b"correct"), Ok(true));
    assert_eq!(verify_password(&hash, &key(1), b"Correct"), Ok(false));
    assert_eq!(
        verify_password(&hash, &key(2), b"correct"),
        Ok(false),
        "the pepper counts"
    );
    assert!(!needs_rehash(&hash, &CHEAP));
    assert!(needs_rehash(&hash, &Argon2Params::PASSWORD_DEFAULT));
    assert!(needs_rehash("", &CHEAP));
}

#[test]
fn a_hash_has_one_spelling() {
    let salt = "AAAAAAAAAAAAAAAAAAAAAA";
    let tag = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let right = format!("$argon2id$v=19$m=19456,t=2,p=1${salt}${tag}");
    assert_eq!(verify_password(&right, &key(1), b"x"), Ok(false));
    let wrong = [
        String::new(),
        right.replace("argon2id", "argon2i"),
        right.replace("v=19", "v=16"),
        right.replace("$v=19", ""),
        right.replace("m=19456", "m=019456"),
        right.replace("m=19456", "m=+19456"),
        right.replace("m=19456", "m=0x4c00"),
        right.replace("m=19456", "m="),
        right.replace("m=19456", "m=4294967296"),
        right.replace("t=2,p=1", "p=1,t=2"),
        right.replace("p=1", "p=1,keyid=AA"),
        right.replace(salt, &salt[1..]),
        right.replace(salt, &format!("{salt}AA")),
        right.replace(salt, "AAAAAAAAAAAAAAAAAAAAAB"),
        right.replace(salt, &format!("{salt}==")),
        format!("{right}="),
        format!("{right}$"),
        format!(" {right}"),
        format!("{right}\n"),
        right.to_uppercase(),
        right.repeat(64 * 1024 / right.len()),
    ];
    for text in wrong {
        assert_eq!(
            verify_password(&text, &key(1), b"x"),
            Err(KdfError::Malformed),
            "{text:?}"
        );
    }
}

#[test]
fn hashes_too_cheap_or_too_costly_are_refused_before_any_work() {
    for (m, t, p) in [
        (19_455, 2, 1),
        (19_456, 1, 1),
        (1_048_577, 2, 1),
        (u32::MAX, u32::MAX, u32::MAX),
        (19_456, 33, 1),
        (19_456, 2, 17),
    ] {
        let hash = format!(
            "$argon2id$v=19$m={m},t={t},p={p}${}${}",
            "A".repeat(22),
            "A".repeat(43)
        );
        let verdict = verify_password(&hash, &key(1), b"x");
        assert!(
            matches!(verdict, Err(KdfError::Parameters(_))),
            "{hash}: {verdict:?}"
        );
    }
    let cheaper = Argon2Params {
        m_kib: 1024,
        ..CHEAP
    };
    let made = hash_password(b"x", &key(1), &cheaper, &mut OsEntropy);
    assert!(matches!(made, Err(KdfError::Parameters(_))));
}
