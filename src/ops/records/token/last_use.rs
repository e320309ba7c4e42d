//! When a token was last used, wherever that is kept.

use std::borrow::Cow;

use crate::barrier::Reader;
use crate::error::Result;
use crate::model::id::RecordId;
use crate::model::token::TokenRecord;

/// A token with its last use. In a file that is in its record; in a database it is kept apart, and the later
/// of the two counts, because a store that was copied there has both.
///
/// For display and reports only: no verdict and no refusal may depend on it, since the administrator of the
/// database can have uses forgotten.
pub(in crate::ops) fn with_last_use<'t>(
    r: &mut Reader<'_>,
    id: RecordId,
    token: &'t TokenRecord,
) -> Result<Cow<'t, TokenRecord>> {
    let apart = r.last_use(id)?;
    if apart <= token.last_used_at {
        return Ok(Cow::Borrowed(token));
    }
    let mut token = token.clone();
    token.last_used_at = apart;
    Ok(Cow::Owned(token))
}

/// Reads the last uses of tokens together, ahead of [`with_last_use`] for each.
pub(in crate::ops) fn expect_uses(
    r: &mut Reader<'_>,
    tokens: &[(RecordId, TokenRecord)],
) -> Result<()> {
    let ids: Vec<RecordId> = tokens.iter().map(|(id, _)| *id).collect();
    r.expect_uses(&ids)
}
