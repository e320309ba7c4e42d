//! The last uses of a source that keeps them apart from its records.
//!
//! The copy begins another incarnation, in which those rows mean nothing, and its storage may have no place
//! for them. So they become part of its records, in the transaction that finishes it.

use crate::barrier::writer::Writer;
use crate::error::Result;
use crate::model::id::RecordId;
use crate::model::time::Time;
use crate::model::token::TokenRecord;

/// Last uses, by record.
pub(super) type LastUses = [(RecordId, Time)];

/// Makes last uses part of their records, unless those have later ones.
pub(super) fn fold(writer: &mut Writer<'_>, uses: &LastUses) -> Result<()> {
    for (id, at) in uses {
        let Some(mut token) = writer.get::<TokenRecord>(*id)? else {
            continue;
        };
        if token.last_used_at < Some(*at) {
            token.last_used_at = Some(*at);
            writer.put(*id, &token)?;
        }
    }
    Ok(())
}
