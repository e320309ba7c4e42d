//! Labels and tags.

use std::collections::HashSet;

use hallpass::crypto::{Key, Label, MacKey, SealKey, Tag};
use hallpass::model::token::{Foreign, Token};
use hallpass::secret::{SecretBytes, SecretText};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::key;

#[test]
fn labels_differ_and_are_padded_ascii() {
    let all: HashSet<[u8; 16]> = Label::ALL.iter().map(|label| label.bytes()).collect();
    assert_eq!(all.len(), Label::ALL.len());
    for bytes in all {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let name = text
            .trim_end_matches('\0')
            .strip_prefix("HP1/")
            .unwrap()
            .to_owned();
        assert!(
            name.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
            "{name}"
        );
    }
}

#[test]
fn a_tag_is_hmac_over_label_and_length_prefixed_parts() {
    let mut mac = Hmac::<Sha256>::new_from_slice(&[7; 32]).unwrap();
    mac.update(b"HP1/idx\0\0\0\0\0\0\0\0\0\x02\0\0\0ab\0\0\0\0\x01\0\0\0c");
    let tag = MacKey::new(&key(7)).tag(Label::Idx, &[b"ab", b"", b"c"]);
    assert!(tag.ct_eq(&mac.finalize().into_bytes()));
}

#[test]
fn no_two_lists_of_parts_share_a_tag() {
    let mac = MacKey::new(&key(7));
    let lists: [&[&[u8]]; 9] = [
        &[],
        &[b""],
        &[b"", b""],
        &[b"ab"],
        &[b"a", b"b"],
        &[b"", b"ab"],
        &[b"ab", b""],
        &[b"\x02\0\0\0ab"],
        &[b"\0\0\0\0"],
    ];
    let mut tags = HashSet::new();
    for label in Label::ALL {
        for list in lists {
            assert!(
                tags.insert(*mac.tag(label, list).bytes()),
                "{label:?} {list:?}"
            );
        }
    }
}

#[test]
fn a_tag_equals_itself_alone() {
    let mac = MacKey::new(&key(7));
    let tag = mac.tag(Label::Token, &[b"x"]);
    assert!(
        tag.ct_eq(mac.tag(Label::Token, &[b"x"]).bytes()),
        "the state was changed by use"
    );
    assert!(!tag.ct_eq(&tag.bytes()[..31]));
    assert!(!tag.ct_eq(&[]));
    assert!(!tag.ct_eq(MacKey::new(&key(8)).tag(Label::Token, &[b"x"]).bytes()));
    for bit in 0..256 {
        let mut other = *tag.bytes();
        other[bit / 8] ^= 1 << (bit % 8);
        assert!(!tag.ct_eq(&other));
    }
}

/// What only a type without `==` has one of, so that its name is enough.
trait Incomparable<Which> {
    fn holds() {}
}

struct ByItself;
struct ByItsEquality;

impl<T> Incomparable<ByItself> for T {}
impl<T: PartialEq> Incomparable<ByItsEquality> for T {}

/// Where one of them had `==`, this would not compile: there would be two to choose from.
#[test]
fn no_secret_has_an_operator_that_compares_it() {
    <Key as Incomparable<_>>::holds();
    <MacKey as Incomparable<_>>::holds();
    <SealKey as Incomparable<_>>::holds();
    <Tag as Incomparable<_>>::holds();
    <SecretText as Incomparable<_>>::holds();
    <SecretBytes as Incomparable<_>>::holds();
    <Token as Incomparable<_>>::holds();
    <Foreign as Incomparable<_>>::holds();
}
