use super::*;
use crate::barrier::unlocking::keyring::Keyring;
use crate::crypto::Key;
use crate::entropy::{Entropy, NoRandomness};
use crate::model::token::Token;

/// The format, with vectors that another program computed.
const FORMAT: &str = include_str!("../../../../docs/file-format.md");

/// A fake generator: yields bytes from a first one upwards, or always the same one.
struct Bytes {
    first: u8,
    step: u8,
}

impl Entropy for Bytes {
    fn fill(&mut self, out: &mut [u8]) -> std::result::Result<(), NoRandomness> {
        let mut byte = self.first;
        for place in out {
            *place = byte;
            byte = byte.wrapping_add(self.step);
        }
        Ok(())
    }
}

const STORE: StoreId = [
    0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff,
];

/// A keyring in which each key is 00 01 02 … 1f.
fn keys() -> Keys {
    let mut counting = Bytes { first: 0, step: 1 };
    let root = Key::generate(&mut counting).unwrap();
    Keys::new(&STORE, &root, Keyring::generate(&mut counting).unwrap()).unwrap()
}

/// The MAC on the line that starts with `begins`.
fn vector(begins: &str) -> String {
    let line = FORMAT
        .lines()
        .find(|line| line.starts_with(begins))
        .unwrap();
    let word = line[begins.len()..].split_whitespace().next().unwrap();
    assert_eq!(word.len(), 64, "{line}");
    word.to_owned()
}

fn hex((_, tag): (u32, Tag)) -> String {
    data_encoding::HEXLOWER.encode(tag.bytes())
}

#[test]
fn the_mac_of_a_token_is_not_that_of_an_imported_one() {
    let secret = "0123456789ABCDEF000102030405060708090A0B0C0D0E0F1011121314151617";
    let token = Token::parse(secret).unwrap();
    let own = keys().token_mac(None, &STORE, token.bytes()).unwrap();
    assert_eq!(hex(own), vector("of the token above"));
    let digest = sha256(b"a token of another system");
    let imported = keys().import_mac(None, &STORE, &digest).unwrap();
    assert_eq!(hex(imported), vector("of an imported token"));
    // The same 32 bytes, as a token.
    let own = keys().token_mac(None, &STORE, &digest).unwrap();
    assert_ne!(hex(own), vector("of an imported token"));
}

fn id(byte: u8) -> RecordId {
    RecordId::from_bytes([byte; 16])
}

fn code_id(byte: u8) -> CodeId {
    CodeId::generate(&mut Bytes {
        first: byte,
        step: 0,
    })
    .unwrap()
}

/// The code of the vectors.
fn code(device: Option<&Device>) -> BoundCode<'_> {
    BoundCode {
        id: code_id(0xa0),
        subject: id(0xb0),
        connection: id(0xc0),
        environment: id(0xd0),
        device,
        digits: "12345678",
    }
}

/// Codes that differ from that of a device in one thing each.
fn codes_of_others<'a>(device: &'a Device, other: &'a Device) -> [BoundCode<'a>; 8] {
    let code = || code(Some(device));
    [
        BoundCode {
            id: code_id(0xa1),
            ..code()
        },
        BoundCode {
            subject: id(0xb1),
            ..code()
        },
        BoundCode {
            connection: id(0xc1),
            ..code()
        },
        BoundCode {
            environment: id(0xd1),
            ..code()
        },
        BoundCode {
            connection: id(0xd0),
            environment: id(0xc0),
            ..code()
        },
        BoundCode {
            device: Some(other),
            ..code()
        },
        BoundCode {
            device: None,
            ..code()
        },
        BoundCode {
            digits: "12345679",
            ..code()
        },
    ]
}

#[test]
fn the_mac_of_a_code_binds_all_it_is_for() {
    let mac =
        |store: &StoreId, code: &BoundCode<'_>| hex(keys().code_mac(None, store, code).unwrap());
    let (device, other): (Device, Device) =
        ("Anna's phone".parse().unwrap(), "phone".parse().unwrap());
    let bound = mac(&STORE, &code(Some(&device)));
    assert_eq!(bound, vector("device \"Anna's phone\""));
    assert_eq!(mac(&STORE, &code(None)), vector("no device"));
    let another_store = mac(&[9; 16], &code(Some(&device)));
    let others = codes_of_others(&device, &other).map(|code| mac(&STORE, &code));
    for (n, other) in [another_store].into_iter().chain(others).enumerate() {
        assert_ne!(other, bound, "{n}");
    }
}
