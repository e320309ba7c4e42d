//! Key slots: what opens the store, and that nothing else does.

use std::fs;

use hallpass::Kind;
use hallpass::backend::sqlite::{OpenOptions, SqliteBackend};
use hallpass::barrier::recovery::RecoveryCode;
use hallpass::barrier::{KdfLimits, NewSlot, SlotKind, SlotSecret, State, Store, Unlock, key_file};
use hallpass::crypto::{Argon2Params, Key};
use hallpass::entropy::OsEntropy;
use hallpass::ops::store::key;
use hallpass::secret::SecretText;

use super::attack_store::AttackStore;

/// Far below policy, so that the tests are quick.
const CHEAP: Argon2Params = Argon2Params {
    m_kib: 64,
    t: 1,
    p: 1,
};

fn text(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

fn open(lab: &AttackStore, secret: &Unlock) -> Result<Store, hallpass::Error> {
    let backend = SqliteBackend::open(&lab.path(), &OpenOptions::default())?;
    Store::open(
        Box::new(backend),
        secret,
        &KdfLimits::default(),
        &State::off(),
    )
}

#[test]
fn every_kind_of_slot_opens_the_store_and_nothing_else_does() {
    let lab = AttackStore::new();
    let mut core = lab.open().unwrap();
    let code = RecoveryCode::generate(&mut OsEntropy).unwrap();
    let further = Key::generate(&mut OsEntropy).unwrap();
    key::add(
        &mut core,
        &NewSlot::Passphrase(&text("correct horse battery"), CHEAP),
    )
    .unwrap();
    key::add(&mut core, &NewSlot::Recovery(&code)).unwrap();
    key::add(&mut core, &NewSlot::KeyFile(&further)).unwrap();
    let id = core.store.id();
    drop(core);
    let typed = code.encode().expose().to_lowercase().replace('-', " ");
    for secret in [
        lab.secret(),
        Unlock::Passphrase(text("correct horse battery")),
        Unlock::Passphrase(text(&typed)),
        Unlock::KeyFile(key_file::encode(&id, &further)),
    ] {
        open(&lab, &secret).unwrap().read(|_| Ok(())).unwrap();
    }
    let other = RecoveryCode::generate(&mut OsEntropy).unwrap();
    let stranger = Key::generate(&mut OsEntropy).unwrap();
    for secret in [
        Unlock::Passphrase(text("")),
        Unlock::Passphrase(text("correct horse batterz")),
        Unlock::Passphrase(other.encode()),
        Unlock::KeyFile(key_file::encode(&id, &stranger)),
        Unlock::KeyFile(key_file::encode(&[7; 16], &further)),
        Unlock::KeyFile(text("HALLPASS-KEY-1:")),
        Unlock::KeyFile(text("")),
    ] {
        assert_eq!(open(&lab, &secret).err().unwrap().kind(), Kind::WrongKey);
    }
}

#[test]
fn a_passphrase_is_the_same_however_it_is_composed() {
    let lab = AttackStore::new();
    let mut core = lab.open().unwrap();
    key::add(&mut core, &NewSlot::Passphrase(&text("Zoë ﬁn"), CHEAP)).unwrap();
    drop(core);
    open(&lab, &Unlock::Passphrase(text("Zoe\u{308} fin"))).unwrap();
}

#[test]
fn a_key_file_with_any_character_changed_is_refused() {
    let lab = AttackStore::new();
    let Unlock::KeyFile(whole) = lab.secret() else {
        panic!("labs have key files")
    };
    for at in 0..whole.expose().trim_end().len() {
        let mut bytes = whole.expose().as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'2' { b'3' } else { b'2' };
        let changed = Unlock::KeyFile(SecretText::new(String::from_utf8(bytes).unwrap()));
        assert_eq!(
            open(&lab, &changed).err().unwrap().kind(),
            Kind::WrongKey,
            "character {at}"
        );
    }
}

#[test]
fn a_slot_that_is_not_there_is_not_removed() {
    let lab = AttackStore::new();
    let mut core = lab.open().unwrap();
    let code = RecoveryCode::generate(&mut OsEntropy).unwrap();
    let second = key::add(&mut core, &NewSlot::Recovery(&code)).unwrap();
    let limits = KdfLimits::default();
    key::remove(&mut core, &second, None, &limits).unwrap();
    let epoch = core.read(|r| Ok(r.epoch())).unwrap();
    let again = key::remove(&mut core, &second, None, &limits).unwrap_err();
    assert_eq!(again.kind(), Kind::NotFound);
    assert_eq!(
        core.read(|r| Ok(r.epoch())).unwrap(),
        epoch,
        "nothing was written"
    );
}

#[test]
fn the_last_slot_and_the_one_in_use_stay() {
    let lab = AttackStore::new();
    let mut core = lab.open().unwrap();
    let limits = KdfLimits::default();
    let own = key::list(&mut core).unwrap().remove(0);
    assert!(own.in_use && own.kind == SlotKind::KeyFile);
    let last = key::remove(&mut core, &own, Some(&lab.secret()), &limits).unwrap_err();
    assert_eq!(last.kind(), Kind::Refused);
    let code = RecoveryCode::generate(&mut OsEntropy).unwrap();
    let second = key::add(&mut core, &NewSlot::Recovery(&code)).unwrap();
    let unproven = key::remove(&mut core, &own, None, &limits).unwrap_err();
    assert_eq!(unproven.kind(), Kind::Refused);
    let disproven = key::remove(&mut core, &own, Some(&lab.secret()), &limits).unwrap_err();
    assert_eq!(
        disproven.kind(),
        Kind::WrongKey,
        "a secret of the slot that goes proves nothing"
    );
    key::remove(
        &mut core,
        &own,
        Some(&Unlock::Passphrase(code.encode())),
        &limits,
    )
    .unwrap();
    let left = key::list(&mut core).unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].id, second.id);
    drop(core);
    assert_eq!(
        open(&lab, &lab.secret()).err().unwrap().kind(),
        Kind::WrongKey
    );
}

#[test]
fn what_a_slot_takes_opens_it_without_the_secret_and_nothing_else() {
    let (lab, other) = (AttackStore::new(), AttackStore::new());
    let mut core = lab.open().unwrap();
    let pass = text("an old passphrase");
    let slot = key::add(&mut core, &NewSlot::Passphrase(&pass, CHEAP)).unwrap();
    let code = RecoveryCode::generate(&mut OsEntropy).unwrap();
    key::add(&mut core, &NewSlot::Recovery(&code)).unwrap();
    drop(core);
    let backend =
        |lab: &AttackStore| SqliteBackend::open(&lab.path(), &OpenOptions::default()).unwrap();
    let limits = KdfLimits::default();
    for secret in [
        Unlock::Passphrase(pass),
        Unlock::Passphrase(code.encode()),
        lab.secret(),
    ] {
        let kept = SlotSecret::of(&mut backend(&lab), &secret, &limits)
            .unwrap()
            .bytes();
        let again = || SlotSecret::from_bytes(kept.expose()).unwrap();
        assert!(again().fits(&mut backend(&lab)).unwrap());
        assert!(!again().fits(&mut backend(&other)).unwrap());
        open(&lab, &Unlock::Slot(again())).unwrap();
        assert_eq!(
            open(&other, &Unlock::Slot(again())).err().unwrap().kind(),
            Kind::WrongKey
        );
        for at in 0..kept.expose().len() {
            let mut changed = kept.expose().to_vec();
            changed[at] ^= 1;
            let changed = SlotSecret::from_bytes(&changed).unwrap();
            assert!(!changed.fits(&mut backend(&lab)).unwrap(), "byte {at}");
        }
        if let Unlock::Passphrase(text) = &secret {
            let bytes = text.expose().as_bytes();
            assert!(
                !kept
                    .expose()
                    .windows(bytes.len())
                    .any(|window| window == bytes)
            );
        }
    }
    let wrong = Unlock::Passphrase(text("another passphrase"));
    let refused = SlotSecret::of(&mut backend(&lab), &wrong, &limits)
        .err()
        .unwrap();
    assert_eq!(refused.kind(), Kind::WrongKey);
    let kept = SlotSecret::of(
        &mut backend(&lab),
        &Unlock::Passphrase(text("an old passphrase")),
        &limits,
    );
    let kept = kept.unwrap();
    let mut core = lab.open().unwrap();
    key::remove(&mut core, &slot, None, &limits).unwrap();
    drop(core);
    assert!(!kept.fits(&mut backend(&lab)).unwrap(), "its slot is gone");
}

#[test]
fn a_removed_slot_cannot_be_put_back() {
    let lab = AttackStore::new();
    let mut core = lab.open().unwrap();
    let pass = text("an old passphrase");
    let slot = key::add(&mut core, &NewSlot::Passphrase(&pass, CHEAP)).unwrap();
    core.store.checkpoint().unwrap();
    let old: Vec<u8> = header(&lab);
    key::remove(&mut core, &slot, None, &KdfLimits::default()).unwrap();
    drop(core);
    let connection = rusqlite::Connection::open(lab.path()).unwrap();
    connection
        .execute("UPDATE hdr SET v = ?1 WHERE k = 1", [&old])
        .unwrap();
    drop(connection);
    let mut store = open(&lab, &Unlock::Passphrase(pass)).unwrap();
    assert_eq!(store.read(|_| Ok(())).unwrap_err().kind(), Kind::Integrity);
    assert!(!fs::read(lab.path()).unwrap().is_empty());
}

fn header(lab: &AttackStore) -> Vec<u8> {
    let connection = rusqlite::Connection::open(lab.path()).unwrap();
    connection
        .query_row("SELECT v FROM hdr WHERE k = 1", [], |row| row.get(0))
        .unwrap()
}

/// Each begins from the header that it has read.
#[test]
fn a_header_that_was_changed_meanwhile_is_not_overwritten() {
    let lab = AttackStore::new();
    let (mut one, mut other) = (lab.open().unwrap(), lab.open().unwrap());
    let keys = [(); 3].map(|()| Key::generate(&mut OsEntropy).unwrap());
    let [first, second, third] = keys.each_ref().map(NewSlot::KeyFile);
    let added = key::add(&mut one, &first).unwrap();
    assert_eq!(
        key::add(&mut other, &second).unwrap_err().kind(),
        Kind::Busy
    );
    assert_eq!(key::list(&mut other).unwrap().len(), 2);
    key::add(&mut other, &second).unwrap();
    let removed = key::remove(&mut one, &added, None, &KdfLimits::default());
    assert_eq!(removed.unwrap_err().kind(), Kind::Busy);
    assert_eq!(key::list(&mut one).unwrap().len(), 3);
    key::remove(&mut one, &added, None, &KdfLimits::default()).unwrap();
    assert_eq!(key::add(&mut other, &third).unwrap_err().kind(), Kind::Busy);
    assert_eq!(key::list(&mut other).unwrap().len(), 2);
}

#[test]
fn slots_have_limits() {
    let lab = AttackStore::new();
    let mut core = lab.open().unwrap();
    for n in 0..4 {
        let pass = text(&format!("passphrase number {n}"));
        key::add(&mut core, &NewSlot::Passphrase(&pass, CHEAP)).unwrap();
    }
    let fifth = key::add(&mut core, &NewSlot::Passphrase(&text("one more"), CHEAP)).unwrap_err();
    assert_eq!(fifth.kind(), Kind::Refused);
    for _ in 5..16 {
        let code = RecoveryCode::generate(&mut OsEntropy).unwrap();
        key::add(&mut core, &NewSlot::Recovery(&code)).unwrap();
    }
    let code = RecoveryCode::generate(&mut OsEntropy).unwrap();
    let seventeenth = key::add(&mut core, &NewSlot::Recovery(&code)).unwrap_err();
    assert_eq!(seventeenth.kind(), Kind::Refused);
}

/// T28: a slot that asks for the moon is refused before anything is allocated.
#[test]
fn hostile_costs_are_refused_unread() {
    let lab = AttackStore::new();
    let mut core = lab.open().unwrap();
    key::add(
        &mut core,
        &NewSlot::Passphrase(&text("a passphrase"), CHEAP),
    )
    .unwrap();
    drop(core);
    let whole = header(&lab);
    let salted = whole.len() - 32 - (48 + 24 + 32 + 16 + 12);
    for (m, t, p) in [
        (u32::MAX, 3, 1),
        (8 << 20, 3, 1),
        (64, u32::MAX, 1),
        (64, 3, 17),
        (4 << 20, 5, 1),
    ] {
        let mut hostile = whole.clone();
        for (n, value) in [m, t, p].into_iter().enumerate() {
            hostile[salted + 4 * n..salted + 4 * n + 4].copy_from_slice(&u32::to_le_bytes(value));
        }
        let connection = rusqlite::Connection::open(lab.path()).unwrap();
        connection
            .execute("UPDATE hdr SET v = ?1 WHERE k = 1", [&hostile])
            .unwrap();
        drop(connection);
        let error = open(&lab, &Unlock::Passphrase(text("a passphrase")))
            .err()
            .unwrap();
        assert_eq!(error.kind(), Kind::Corrupt, "m {m}, t {t}, p {p}: {error}");
    }
}
