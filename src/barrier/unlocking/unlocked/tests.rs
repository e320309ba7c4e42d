use super::*;
use crate::backend::memory::{MemoryBackend, Tables};
use crate::backend::{Backend as _, Mode};
use crate::entropy::OsEntropy;
use crate::kind::Kind;

const NOW: Time = Time::from_seconds(1_700_000_000);

/// The keys of a new store, its header and its keyring.
fn made() -> (Unlocked, Vec<u8>, Vec<u8>) {
    let key = Key::generate(&mut OsEntropy).unwrap();
    let actor = Actor::default();
    let slots = vec![NewSlot::KeyFile(&key), NewSlot::KeyFile(&key)];
    let founding = NewStore {
        id: [7; 16],
        slots,
        now: NOW,
        actor: &actor,
    };
    Unlocked::create(&founding, &mut OsEntropy).unwrap()
}

/// A header of the same generation, and a keyring of the same keys, that the root does not
/// record.
#[test]
fn header_and_keyring_are_those_that_the_root_names() {
    let (unlocked, header_bytes, ring) = made();
    let mut root = Root::new([1; 16], NOW);
    assert!(!unlocked.is_at(&root));
    unlocked.put_into(&mut root);
    assert!(unlocked.is_at(&root));
    let with = |header: &Header, bytes: &[u8], ring: &[u8]| {
        let root_key = Key::from_slice(unlocked.root_key.expose()).unwrap();
        Unlocked::new(header.clone(), bytes, ring, root_key, unlocked.slot).unwrap()
    };
    assert!(with(&unlocked.header, &header_bytes, &ring).is_at(&root));
    let mut other = unlocked.header.clone();
    other.slots.pop();
    let bytes = other.encode(&unlocked.root_key);
    assert_eq!(other.generation, unlocked.header.generation);
    assert!(!with(&other, &bytes, &ring).is_at(&root), "another header");
    let keys = Keyring::open(&ring, &unlocked.header.store, &unlocked.root_key).unwrap();
    let again = keys
        .seal(&unlocked.header.store, &unlocked.root_key, &mut OsEntropy)
        .unwrap();
    assert!(
        !with(&unlocked.header, &header_bytes, &again).is_at(&root),
        "another keyring"
    );
}

/// Storage with these two rows of `hdr`, and room for a root.
fn storage(header: &[u8], ring: &[u8]) -> MemoryBackend {
    let row = Row {
        kid: 1,
        sealed: Vec::new(),
    };
    MemoryBackend::with(Tables {
        hdr: [(1, header.to_vec()), (2, ring.to_vec())].into(),
        man: [(0, row)].into(),
        ..Tables::default()
    })
}

/// The header with a changed byte that decoding does not notice.
fn tampered(header: &[u8]) -> Vec<u8> {
    let mut bytes = header.to_vec();
    let generation = 40;
    bytes[generation] ^= 1;
    Header::decode(&bytes).unwrap();
    bytes
}

#[test]
fn another_file_of_the_store_opens_with_the_same_root_key_and_no_other_store_does() {
    let (unlocked, header, ring) = made();
    let sibling = unlocked.sibling((header.clone(), ring.clone())).unwrap();
    assert_eq!(sibling.root_key().expose(), unlocked.root_key().expose());
    assert_eq!(sibling.slot(), unlocked.slot());
    let kind = |heads| unlocked.sibling(heads).err().unwrap().kind();
    assert_eq!(kind((tampered(&header), ring)), Kind::Integrity);
    let key = Key::generate(&mut OsEntropy).unwrap();
    let founding = NewStore {
        id: [8; 16],
        slots: vec![NewSlot::KeyFile(&key)],
        now: NOW,
        actor: &Actor::default(),
    };
    let (_, header, ring) = Unlocked::create(&founding, &mut OsEntropy).unwrap();
    assert_eq!(kind((header, ring)), Kind::Substituted);
}

#[test]
fn a_header_that_is_read_again_is_that_of_the_same_store() {
    let (mut unlocked, header, ring) = made();
    let mut reload = |header: &[u8], ring: &[u8]| {
        let mut backend = storage(header, ring);
        unlocked.reload(&*backend.begin(Mode::Read).unwrap())
    };
    reload(&header, &ring).unwrap();
    let error = reload(&tampered(&header), &ring).unwrap_err();
    assert_eq!(error.kind(), Kind::Integrity);
    // As only a holder of the root key could make them.
    let (root_key, mut moved) = (unlocked.root_key(), unlocked.header.clone());
    let keys = Keyring::open(&ring, &moved.store, root_key).unwrap();
    let ring = keys.seal(&[8; 16], root_key, &mut OsEntropy).unwrap();
    let mut other = Header::new([8; 16], root_key);
    other.slots.append(&mut moved.slots);
    let header = other.encode(root_key);
    let mut backend = storage(&header, &ring);
    let error = unlocked
        .reload(&*backend.begin(Mode::Read).unwrap())
        .unwrap_err();
    assert_eq!(error.kind(), Kind::Substituted);
}

#[test]
fn what_is_read_again_counts() {
    let (mut unlocked, header, ring) = made();
    let (root_key, store) = (unlocked.root_key(), unlocked.header.store);
    let keys = Keyring::open(&ring, &store, root_key).unwrap();
    let again = keys.seal(&store, root_key, &mut OsEntropy).unwrap();
    let mut newer = unlocked.header.clone();
    newer.generation += 1;
    let newer_bytes = newer.encode(root_key);
    let mut root = Root::new([1; 16], NOW);
    root.header_hash = header::fingerprint(&newer_bytes);
    root.keyring_tag = Keyring::tag(&again).unwrap();
    let mut backend = storage(&newer_bytes, &again);
    unlocked
        .reload(&*backend.begin(Mode::Read).unwrap())
        .unwrap();
    assert!(unlocked.is_at(&root));
    assert_eq!(unlocked.header.generation, newer.generation);
    assert_ne!(newer_bytes, header, "the premise");
}

#[test]
fn a_header_that_was_just_written_is_the_one_that_the_root_names() {
    let (mut unlocked, ..) = made();
    let mut root = Root::new([1; 16], NOW);
    unlocked.put_into(&mut root);
    let mut newer = unlocked.header.clone();
    newer.generation += 1;
    root.header_hash = header::fingerprint(&newer.encode(unlocked.root_key()));
    assert!(!unlocked.is_at(&root));
    unlocked.adopt(newer);
    assert!(unlocked.is_at(&root));
}

#[test]
fn the_full_check_finds_a_header_and_a_keyring_that_the_root_does_not_name() {
    let (unlocked, header, ring) = made();
    let mut root = Root::new([1; 16], NOW);
    unlocked.put_into(&mut root);
    let verify = |header: &[u8], ring: &[u8]| {
        let mut backend = storage(header, ring);
        verify_heads(&unlocked, &*backend.begin(Mode::Read).unwrap(), &root)
    };
    verify(&header, &ring).unwrap();
    let (root_key, store) = (unlocked.root_key(), unlocked.header.store);
    let keys = Keyring::open(&ring, &store, root_key).unwrap();
    let again = keys.seal(&store, root_key, &mut OsEntropy).unwrap();
    // The tag is at the end: what precedes it is not compared.
    let mut changed = ring.clone();
    changed[20] ^= 1;
    let mut other = unlocked.header.clone();
    other.generation += 1;
    let other = other.encode(root_key);
    for (header, ring) in [(&header, &again), (&header, &changed), (&other, &ring)] {
        let error = verify(header, ring).unwrap_err();
        assert_eq!(error.kind(), Kind::Integrity);
    }
}
