//! The records that a transaction changed, as they were before, to compare the outcome.

use std::collections::{HashMap, HashSet};

use zeroize::Zeroizing;

use super::change::Writer;
use super::originals::Originals;
use crate::barrier::rows::frame;
use crate::barrier::rows::record::{self, Record};
use crate::error::Result;
use crate::model::id::RecordId;

impl Writer<'_> {
    /// Starts keeping each record as it is before its first change.
    pub fn keep_originals(&mut self) {
        self.originals = Some(Originals::new());
    }

    /// The records of one kind that this transaction has changed or removed since
    /// [`Self::keep_originals`], as they were before.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`](crate::Error::Integrity) if a record does not decode.
    pub fn originals<R: Record>(&self) -> Result<HashMap<RecordId, R>> {
        let kept = self.originals.iter().flatten();
        let of_kind = kept.filter_map(|(id, original)| match original {
            Some((kind, body)) if *kind == R::KIND => Some((*id, body)),
            _ => None,
        });
        of_kind
            .map(|(id, body)| Ok((id, record::decode(body)?)))
            .collect()
    }

    /// A record as it was before, if this transaction has changed or removed it since
    /// [`Self::keep_originals`].
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`](crate::Error::Integrity) if the record does not decode.
    pub fn original<R: Record>(&self, id: RecordId) -> Result<Option<R>> {
        let kept = self.originals.as_ref().and_then(|kept| kept.get(&id));
        match kept {
            Some(Some((kind, body))) if *kind == R::KIND => record::decode(body).map(Some),
            _ => Ok(None),
        }
    }

    /// The records that this transaction has added since [`Self::keep_originals`].
    pub fn added(&self) -> HashSet<RecordId> {
        let kept = self.originals.iter().flatten();
        kept.filter(|(_, original)| original.is_none())
            .map(|(id, _)| *id)
            .collect()
    }

    /// Keeps a record as it is before its first change, if requested.
    pub(super) fn keep_original(&mut self, id: RecordId) -> Result<()> {
        if self
            .originals
            .as_ref()
            .is_none_or(|kept| kept.contains_key(&id))
        {
            return Ok(());
        }
        let original = self.body(id)?;
        if let Some(kept) = &mut self.originals {
            kept.insert(id, original);
        }
        Ok(())
    }

    /// Notes that the record did not exist before.
    pub(super) fn keep_absent(&mut self, id: RecordId) {
        if let Some(kept) = &mut self.originals {
            kept.entry(id).or_insert(None);
        }
    }

    fn body(&mut self, id: RecordId) -> Result<Option<(u16, Zeroizing<Vec<u8>>)>> {
        if let Some(staged) = self.staged.get(&id) {
            return Ok(staged.new.clone());
        }
        let Some(row) = self.object(id)? else {
            return Ok(None);
        };
        let frame = self.open_object(id, &row)?;
        let (kind, body) = frame::unwrap(&frame)?;
        Ok(Some((kind, Zeroizing::new(body.to_vec()))))
    }
}
