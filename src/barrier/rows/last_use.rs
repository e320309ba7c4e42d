//! The sealed last use of an object, in a database.

use serde::{Deserialize, Serialize};

use super::aad::aad;
use super::frame;
use super::record::{self, Record};
use crate::backend::{ObjId, Row};
use crate::barrier::store_id::StoreId;
use crate::crypto::Label;
use crate::crypto::seal::SealKey;
use crate::entropy::Entropy;
use crate::error::Result;
use crate::model::time::Time;

/// When an object was last used, in one incarnation of its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::barrier) struct LastUse {
    /// The incarnation: what was used in another one was not used in this one.
    pub(in crate::barrier) incarnation: [u8; 16],
    /// The time.
    pub(in crate::barrier) at: Time,
}

impl Record for LastUse {
    const KIND: u16 = 14;
    const NOUN: &'static str = "last use";
    const CAPACITY: usize = 64;
}

impl LastUse {
    /// Seals it as the last use of `id`, with key `kid`.
    pub(in crate::barrier) fn seal(
        &self,
        (store, id, epoch): (&StoreId, ObjId, u64),
        (kid, key): (u32, &SealKey),
        entropy: &mut dyn Entropy,
    ) -> Result<Row> {
        let frame = frame::wrap(Self::KIND, epoch, &record::encode(self)?)?;
        let bound = aad(Label::Use, store, kid, id);
        let sealed = key.seal(&bound, &frame, entropy)?;
        Ok(Row { kid, sealed })
    }

    /// Opens the last use of `id`; `None` if the row is not one.
    pub(in crate::barrier) fn open(
        store: &StoreId,
        id: ObjId,
        row: &Row,
        key: &SealKey,
    ) -> Option<Self> {
        let frame = key.open(&aad(Label::Use, store, row.kid, id), &row.sealed)?;
        let (kind, body) = frame::unwrap(&frame).ok()?;
        if kind != Self::KIND {
            return None;
        }
        record::decode(body).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::Key;
    use crate::entropy::OsEntropy;

    #[test]
    fn it_opens_where_it_was_sealed_and_nowhere_else() {
        let key = SealKey::new(&Key::generate(&mut OsEntropy).unwrap());
        let last = LastUse {
            incarnation: [9; 16],
            at: Time::from_seconds(1_800_000_000),
        };
        let place = (&[1; 16], [2; 16], 7);
        let row = last.seal(place, (5, &key), &mut OsEntropy).unwrap();
        assert_eq!((row.kid, row.sealed.len()), (5, 24 + 128 + 16));
        assert_eq!(LastUse::open(&[1; 16], [2; 16], &row, &key), Some(last));
        assert_eq!(LastUse::open(&[3; 16], [2; 16], &row, &key), None);
        assert_eq!(LastUse::open(&[1; 16], [3; 16], &row, &key), None);
        let other_kid = Row {
            kid: 6,
            ..row.clone()
        };
        assert_eq!(LastUse::open(&[1; 16], [2; 16], &other_kid, &key), None);
        let as_object = aad(Label::Obj, &[1; 16], 5, [2; 16]);
        assert!(key.open(&as_object, &row.sealed).is_none());
        let cut = Row {
            sealed: row.sealed[..30].to_vec(),
            ..row
        };
        assert_eq!(LastUse::open(&[1; 16], [2; 16], &cut, &key), None);
    }

    #[test]
    fn another_kind_of_record_is_no_last_use() {
        let key = SealKey::new(&Key::generate(&mut OsEntropy).unwrap());
        let last = LastUse {
            incarnation: [9; 16],
            at: Time::from_seconds(1),
        };
        let frame = frame::wrap(4, 7, &record::encode(&last).unwrap()).unwrap();
        let bound = aad(Label::Use, &[1; 16], 5, [2; 16]);
        let sealed = key.seal(&bound, &frame, &mut OsEntropy).unwrap();
        let row = Row { kid: 5, sealed };
        assert_eq!(LastUse::open(&[1; 16], [2; 16], &row, &key), None);
    }
}
