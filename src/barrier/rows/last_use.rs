//! The last use of an object, as it is sealed in a database.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::aad::aad;
use super::frame;
use super::record::{self, Record};
use crate::backend::ObjId;
use crate::barrier::store_id::StoreId;
use crate::crypto::Label;
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
    /// What its seal is bound to: it is the last use of `id`.
    pub(in crate::barrier) fn place(store: &StoreId, kid: u32, id: ObjId) -> [u8; 52] {
        aad(Label::Use, store, kid, id)
    }

    /// The frame that is sealed.
    pub(in crate::barrier) fn frame(&self, epoch: u64) -> Result<Zeroizing<Vec<u8>>> {
        frame::wrap(Self::KIND, epoch, &record::encode(self)?)
    }

    /// Reads an opened frame; `None` if it is not a last use.
    pub(in crate::barrier) fn read(frame: &[u8]) -> Option<Self> {
        let (kind, body) = frame::unwrap(frame).ok()?;
        if kind != Self::KIND {
            return None;
        }
        record::decode(body).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAST: LastUse = LastUse {
        incarnation: [9; 16],
        at: Time::from_seconds(1_800_000_000),
    };

    #[test]
    fn what_was_framed_comes_back_and_nothing_else_is_a_last_use() {
        let frame = LAST.frame(7).unwrap();
        assert_eq!(frame.len(), 128);
        assert_eq!(LastUse::read(&frame), Some(LAST));
        let another = frame::wrap(4, 7, &record::encode(&LAST).unwrap()).unwrap();
        assert_eq!(LastUse::read(&another), None);
        assert_eq!(LastUse::read(&frame[..30]), None);
        assert_eq!(LastUse::read(&[]), None);
    }

    #[test]
    fn its_place_is_not_that_of_an_object() {
        let place = LastUse::place(&[1; 16], 5, [2; 16]);
        assert_eq!(place, aad(Label::Use, &[1; 16], 5, [2; 16]));
        assert_ne!(place, aad(Label::Obj, &[1; 16], 5, [2; 16]));
    }
}
