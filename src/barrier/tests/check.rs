//! The full check.

use super::*;
use crate::barrier::rows::record::Record;
use crate::barrier::schema::index::Unique;
use crate::kind::Kind;
use crate::model::id::RecordId;
use crate::model::otp::Budget;

const ID: RecordId = RecordId::from_bytes([3; 16]);

/// A store with a record, two index entries and two audit entries.
fn filled() -> Store {
    let (_, mut store) = TestStore::published();
    let fill = |w: &mut Writer<'_>| {
        w.add(ID, &Budget::new(ID))?;
        w.index(Unique::Budget(ID), ID)?;
        w.index(Unique::Email("a"), ID)?;
        note(w)
    };
    write_at(&mut store, NOW, fill).unwrap();
    store
}

fn check(store: &mut Store) -> Result<()> {
    store.read(|r| r.check(&mut |_, _| ())).map(drop)
}

#[test]
fn a_check_says_how_far_it_is_and_what_it_covered() {
    let mut store = filled();
    let mut steps = Vec::new();
    let report = store.read(|r| r.check(&mut |done, total| steps.push((done, total))));
    let report = report.unwrap();
    assert_eq!(
        (report.records, report.entries, report.audit_rows),
        (1, 2, 2)
    );
    assert!(steps.iter().all(|(_, total)| *total == 5) && steps.is_sorted());
    let mut done: Vec<_> = steps.into_iter().map(|(done, _)| done).collect();
    done.dedup();
    assert!(done == [1, 2, 3, 4, 5] || done == [1, 3, 4, 5], "{done:?}");
    let size = store.read(|r| Ok(r.census())).unwrap();
    assert_eq!((size.records, size.audit_rows), (1, 2));
}

#[test]
fn a_record_that_cannot_be_decoded_is_found() {
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Odd;
    impl Record for Odd {
        const KIND: u16 = Budget::KIND;
        const NOUN: &'static str = "odd thing";
    }
    let mut store = filled();
    check(&mut store).unwrap();
    write_at(&mut store, NOW, |w| w.put(ID, &Odd)).unwrap();
    let error = check(&mut store).unwrap_err();
    assert!(error.to_string().contains("cannot be decoded"), "{error}");
}

#[test]
fn an_index_entry_of_no_record_is_found() {
    let mut store = filled();
    write_at(&mut store, NOW, |w| w.remove(ID)).unwrap();
    let error = check(&mut store).unwrap_err();
    assert_eq!(error.kind(), Kind::Integrity);
    assert!(error.to_string().contains("points to nothing"), "{error}");
}
