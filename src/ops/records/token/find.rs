//! Finds tokens by id and by name.

use crate::barrier::{List, Lookup, Reader, Unique};
use crate::error::{Error, Result};
use crate::model::id::{RecordId, TokenId};
use crate::model::name::{ProfileName, TokenName};
use crate::model::profile::Profile;
use crate::model::token::TokenRecord;
use crate::ops::records::lookup;

/// How many tokens of a profile are announced together.
const AT_ONCE: u64 = 64;

/// The token with that public id, live or not.
pub(in crate::ops) fn by_id(
    r: &mut Reader<'_>,
    id: TokenId,
) -> Result<Option<(RecordId, TokenRecord)>> {
    r.announce(&[Lookup::Named(Unique::Token(id))])?;
    let Some(record_id) = r.find(Unique::Token(id))? else {
        return Ok(None);
    };
    let token: TokenRecord = r.require(record_id)?;
    if token.public != id {
        return Err(Error::Integrity(
            "a token's id points to another record".to_owned(),
        ));
    }
    Ok(Some((record_id, token)))
}

pub(super) fn by_name(
    r: &mut Reader<'_>,
    profile: &ProfileName,
    name: &TokenName,
) -> Result<Option<(RecordId, TokenRecord)>> {
    let (owner, _) = lookup::named::<Profile>(r, profile)?;
    let canonical = name.canonical();
    r.announce(&[Lookup::Named(Unique::TokenName(owner, &canonical))])?;
    let Some(record_id) = r.find(Unique::TokenName(owner, &canonical))? else {
        return Ok(None);
    };
    let token: TokenRecord = r.require(record_id)?;
    if token.owner != owner || token.name.canonical() != canonical {
        return Err(Error::Integrity(
            "a token's name points to another record".to_owned(),
        ));
    }
    Ok(Some((record_id, token)))
}

/// All tokens of a profile, tombstones included.
pub(in crate::ops) fn of_profile(
    r: &mut Reader<'_>,
    owner: RecordId,
    count: u32,
) -> Result<Vec<(RecordId, TokenRecord)>> {
    let mut tokens = Vec::new();
    let some: Vec<_> = (0..u64::from(count).min(AT_ONCE))
        .map(|n| Lookup::NamedAt(List::TokensOf(owner), n))
        .collect();
    r.announce(&some)?;
    for n in 0..u64::from(count) {
        let id = r.at(List::TokensOf(owner), n)?;
        tokens.push((id, r.require(id)?));
    }
    Ok(tokens)
}
