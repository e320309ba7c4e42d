//! An entry is found until its end, by its own store alone.

use std::cell::RefCell;
use std::collections::HashMap;

use super::*;

const STORE: StoreId = [1; 16];
const OTHER: StoreId = [2; 16];
const NOW: Time = Time::from_seconds(1_800_000_000);

/// A keyring in memory; entries stay for as long as the test likes.
#[derive(Default)]
struct Fake(RefCell<HashMap<String, (Vec<u8>, u32)>>);

impl SessionKeyring for Fake {
    fn keep(&self, name: &str, payload: &[u8], seconds: u32) -> io::Result<()> {
        self.0
            .borrow_mut()
            .insert(name.to_owned(), (payload.to_vec(), seconds));
        Ok(())
    }

    fn find(&self, name: &str) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        Ok(self
            .0
            .borrow()
            .get(name)
            .map(|(payload, _)| Zeroizing::new(payload.clone())))
    }

    fn forget(&self, name: &str) -> io::Result<bool> {
        Ok(self.0.borrow_mut().remove(name).is_some())
    }
}

/// A kernel without a keyring, or a sandbox that forbids it.
struct Refusing;

impl SessionKeyring for Refusing {
    fn keep(&self, _: &str, _: &[u8], _: u32) -> io::Result<()> {
        Err(io::ErrorKind::PermissionDenied.into())
    }

    fn find(&self, _: &str) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        Err(io::ErrorKind::PermissionDenied.into())
    }

    fn forget(&self, _: &str) -> io::Result<bool> {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

fn usual() -> Span {
    "15m".parse().unwrap()
}

fn secret() -> SlotSecret {
    SlotSecret::from_bytes(&[7; 40]).unwrap()
}

fn kept(lasts: Span) -> Fake {
    let fake = Fake::default();
    assert_eq!(
        keep(&fake, &STORE, &secret(), NOW, lasts).unwrap(),
        NOW.plus(lasts)
    );
    fake
}

fn later(seconds: i64) -> Time {
    Time::from_seconds(NOW.seconds() + seconds)
}

#[test]
fn it_comes_back_until_its_end_by_this_clock_too() {
    let fake = kept(usual());
    let found = find(&fake, &STORE, later(899)).unwrap();
    assert_eq!(found.secret.bytes().expose(), [7; 40]);
    assert_eq!(found.until, later(900));
    assert!(find(&fake, &STORE, later(900)).is_none());
    // After the clock is set back, the entry would last longer than anybody may ask for.
    assert!(find(&fake, &STORE, later(900 - LONGEST.seconds())).is_some());
    assert!(find(&fake, &STORE, later(899 - LONGEST.seconds())).is_none());
}

#[test]
fn the_kernel_is_told_the_same_end() {
    let fake = kept(LONGEST);
    let kept = fake.0.borrow();
    let (name, (_, seconds)) = kept.iter().next().unwrap();
    assert_eq!(name, "hallpass:01010101010101010101010101010101");
    assert_eq!(i64::from(*seconds), LONGEST.seconds());
}

#[test]
fn it_is_of_one_store_and_gone_once_forgotten() {
    let fake = kept(usual());
    assert!(find(&fake, &OTHER, NOW).is_none());
    assert!(!forget(&fake, &OTHER).unwrap());
    assert!(forget(&fake, &STORE).unwrap());
    assert!(find(&fake, &STORE, NOW).is_none());
    assert!(!forget(&fake, &STORE).unwrap());
}

#[test]
fn the_next_one_takes_its_place() {
    let fake = kept(LONGEST);
    keep(&fake, &STORE, &secret(), NOW, usual()).unwrap();
    assert_eq!(find(&fake, &STORE, NOW).unwrap().until, NOW.plus(usual()));
}

#[test]
fn what_is_not_ours_is_nothing() {
    let whole = kept(usual()).find(&name(&STORE)).unwrap().unwrap();
    let mut newer = whole.to_vec();
    newer[0] = 2;
    for payload in [&[][..], &whole[..9], &whole[..17], &newer] {
        let fake = Fake::default();
        fake.keep(&name(&STORE), payload, 900).unwrap();
        assert!(
            find(&fake, &STORE, NOW).is_none(),
            "{} bytes",
            payload.len()
        );
    }
}

#[test]
fn where_the_kernel_refuses_nothing_is_kept_and_only_keeping_fails() {
    assert!(find(&Refusing, &STORE, NOW).is_none());
    assert!(keep(&Refusing, &STORE, &secret(), NOW, usual()).is_err());
    assert!(refused(&Refusing, &STORE).is_err());
    assert!(refused(&Fake::default(), &STORE).is_ok());
}
