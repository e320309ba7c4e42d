use super::*;
use crate::barrier::unlocking::slot::NewSlot;
use crate::entropy::OsEntropy;
use crate::model::time::Time;

const STORE: StoreId = [5; 16];

fn made(root: &Key) -> (Header, Vec<u8>) {
    let mut header = Header::new(STORE, root);
    let secret = Key::generate(&mut OsEntropy).unwrap();
    let born = (Time::from_seconds(1), 1);
    let slot = Slot::new(
        &NewSlot::KeyFile(&secret),
        &STORE,
        root,
        born,
        &mut OsEntropy,
    );
    header.add(slot.unwrap()).unwrap();
    let bytes = header.encode(root);
    (header, bytes)
}

#[test]
fn a_header_comes_back_and_authenticates() {
    let root = Key::generate(&mut OsEntropy).unwrap();
    let (header, bytes) = made(&root);
    let again = Header::decode(&bytes).unwrap();
    again.authenticate(&bytes, &root).unwrap();
    assert_eq!(again.encode(&root), header.encode(&root));
}

#[test]
fn another_root_key_is_not_its_root_key() {
    let root = Key::generate(&mut OsEntropy).unwrap();
    let other = Key::generate(&mut OsEntropy).unwrap();
    let (mut header, _) = made(&root);
    // Valid under the other key in every respect but the commitment.
    let bytes = header.encode(&other);
    let error = header.authenticate(&bytes, &other).unwrap_err();
    assert!(error.to_string().contains("another root key"), "{error}");
    header.root_commit = commitment(&STORE, &other);
    header.authenticate(&header.encode(&other), &other).unwrap();
}

#[test]
fn every_byte_is_under_the_mac() {
    let root = Key::generate(&mut OsEntropy).unwrap();
    let (header, bytes) = made(&root);
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(header.authenticate(&changed, &root).is_err(), "byte {at}");
    }
}

#[test]
fn a_slot_of_a_newer_kind_is_kept_as_it_is() {
    let root = Key::generate(&mut OsEntropy).unwrap();
    let (mut header, bytes) = made(&root);
    let mut future = Vec::new();
    for (kind, flags) in [(77, 1), (77, 0), (1, 1)] {
        let slot = [&[kind, flags, 12, 0][..], &[6; 12]].concat();
        header
            .add(Slot::decode(&mut Cursor::new(&slot, "a slot")).unwrap())
            .unwrap();
        future.extend_from_slice(&slot);
    }
    let longer = header.encode(&root);
    assert_eq!(longer.len(), bytes.len() + future.len());
    let again = Header::decode(&longer).unwrap();
    again.authenticate(&longer, &root).unwrap();
    assert_eq!(again.encode(&root), longer);
    assert_eq!(again.slots.last().unwrap().kind(), SlotKind::Unknown);
}

/// A slot of this kind whose body has this length, with nothing in it.
fn blank(kind: u8, body_len: u16) -> Slot {
    let mut bytes = vec![kind, 0];
    bytes.extend_from_slice(&body_len.to_le_bytes());
    bytes.resize(bytes.len() + usize::from(body_len), 0);
    Slot::decode(&mut Cursor::new(&bytes, "a slot")).unwrap()
}

fn passphrase() -> Slot {
    blank(1, 156)
}

/// A header with these slots, however many they are.
fn with(slots: Vec<Slot>) -> Header {
    let root = Key::generate(&mut OsEntropy).unwrap();
    let mut header = Header::new(STORE, &root);
    header.slots = slots;
    header
}

fn bytes_with(slots: Vec<Slot>) -> Vec<u8> {
    with(slots).encode(&Key::generate(&mut OsEntropy).unwrap())
}

#[test]
fn a_header_takes_four_passphrases_and_sixteen_slots() {
    let mut header = with(vec![passphrase(), passphrase(), passphrase(), blank(77, 8)]);
    header.add(passphrase()).unwrap();
    let fifth = header.add(passphrase()).unwrap_err().to_string();
    assert!(fifth.contains("4 passphrases"), "{fifth}");
    while header.slots.len() < 16 {
        header.add(blank(77, 8)).unwrap();
    }
    let seventeenth = header.add(blank(77, 8)).unwrap_err().to_string();
    assert!(seventeenth.contains("16 key slots"), "{seventeenth}");
    assert_eq!(header.slots.len(), 16);
}

#[test]
fn a_header_with_more_passphrases_than_it_takes_is_not_read() {
    let read = |passphrases| Header::decode(&bytes_with(vec![passphrase(); passphrases]));
    assert_eq!(read(4).unwrap().slots.len(), 4);
    let error = read(5).err().unwrap();
    assert!(error.to_string().contains("more passphrases"), "{error}");
    let others = bytes_with(vec![blank(77, 8); 5]);
    assert_eq!(Header::decode(&others).unwrap().slots.len(), 5);
}

#[test]
fn a_header_has_16_kib_at_most() {
    let empty = bytes_with(vec![blank(77, 8)]).len() - 8;
    let of_length = |length: usize| {
        let body_len = u16::try_from(length - empty).unwrap();
        let bytes = bytes_with(vec![blank(77, body_len)]);
        assert_eq!(bytes.len(), length);
        Header::decode(&bytes)
    };
    assert!(of_length(16 << 10).is_ok());
    let error = of_length((16 << 10) + 1).err().unwrap();
    assert!(error.to_string().contains("too large"), "{error}");
}

#[test]
fn a_header_ends_with_its_mac() {
    let bytes = bytes_with(vec![blank(77, 8)]);
    assert!(Header::decode(&bytes).is_ok());
    for wrong in [&[&bytes[..], &[0]].concat(), &bytes[..bytes.len() - 1]] {
        let error = Header::decode(wrong).err().unwrap();
        assert!(error.to_string().contains("trailing bytes"), "{error}");
    }
}

#[test]
fn a_header_of_another_format_is_refused_for_what_it_is() {
    let with = |at: usize, value: &[u8]| {
        let mut bytes = bytes_with(vec![blank(77, 8)]);
        bytes[at..at + value.len()].copy_from_slice(value);
        Header::decode(&bytes).err().map(|error| error.to_string())
    };
    assert_eq!(with(8, &1u16.to_le_bytes()), None);
    for (at, value, expected) in [
        (0, &b"\x88"[..], "no valid start"),
        (8, &2u16.to_le_bytes(), "format 2"),
        (12, &8u32.to_le_bytes(), "unknown features 0x8"),
        (20, &2u16.to_le_bytes(), "unknown cipher suite 2"),
        (22, &0u16.to_le_bytes(), "no key slots"),
        (22, &17u16.to_le_bytes(), "no key slots"),
    ] {
        let error = with(at, value).unwrap();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_newer_minor_version_and_a_feature_for_writers_are_read_only() {
    let with = |at: usize| {
        let mut bytes = bytes_with(vec![blank(77, 8)]);
        bytes[at] += 1;
        Header::decode(&bytes).unwrap().newer_minor()
    };
    assert!(with(10) && with(16));
    assert!(!with(40), "a generation");
}

#[test]
fn a_store_that_was_moved_says_so_in_its_first_feature_bit() {
    let root = Key::generate(&mut OsEntropy).unwrap();
    let (mut header, bytes) = made(&root);
    assert_eq!(bytes[12..16], [0; 4]);
    assert!(!Header::decode(&bytes).unwrap().moved);
    header.moved = true;
    let moved = header.encode(&root);
    assert_eq!(moved[12..16], [1, 0, 0, 0]);
    let again = Header::decode(&moved).unwrap();
    again.authenticate(&moved, &root).unwrap();
    assert!(again.moved && !again.newer_minor());
    assert_eq!(again.encode(&root), moved);
    // Only who has the keys can say so.
    let mut forged = bytes;
    forged[12] = 1;
    assert!(header.authenticate(&forged, &root).is_err());
    forged[12] = 3;
    let error = Header::decode(&forged).err().unwrap().to_string();
    assert!(error.contains("unknown features 0x2"), "{error}");
}
