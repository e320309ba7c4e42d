//! Which token is meant.

use super::{Proof, Summary, is_live, summary};
use crate::barrier::{Reader, Unique};
use crate::error::{Error, Result};
use crate::model::id::{RecordId, TokenId};
use crate::model::name::{ProfileName, TokenName};
use crate::model::profile::Profile;
use crate::model::time::Time;
use crate::model::token::{Presented, Presenting, Token, TokenAddress, TokenRecord};
use crate::ops::Core;
use crate::ops::lookup::{self, Moment, Opened};

/// How a token is pointed at.
#[derive(Debug)]
pub enum Target {
    /// By name or public id.
    Address(TokenAddress),
    /// By the token itself (`--token-file`).
    Secret(Presented),
}

impl From<Presented> for Target {
    fn from(presented: Presented) -> Self {
        Self::Secret(presented)
    }
}

impl From<Token> for Target {
    fn from(token: Token) -> Self {
        Self::Secret(Presented::Own(token))
    }
}

impl From<TokenAddress> for Target {
    fn from(address: TokenAddress) -> Self {
        Self::Address(address)
    }
}

/// One token. Tombstones are reached by id.
pub fn show(core: &mut Core, target: &Target) -> Result<Summary> {
    let now = core.now();
    core.read(|r| {
        let moment = Moment::new(r, now);
        let (_, token) = find(r, target)?;
        summary(r, &mut Opened::default(), moment, &token)
    })
}

/// The tokens that are meant, each once, all of them before any is touched.
pub(super) fn find_all(
    r: &mut Reader<'_>,
    targets: &[Target],
    now: Time,
) -> Result<Vec<(RecordId, TokenRecord)>> {
    let mut found: Vec<(RecordId, TokenRecord)> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for target in targets {
        let meant = find(r, target)?;
        // Those that it replaced and that are still good have the name, too, to whoever uses them.
        let replaced = match target {
            Target::Address(TokenAddress::Named { .. }) => replaced(r, &meant.1, now)?,
            _ => Vec::new(),
        };
        let new = std::iter::once(meant).chain(replaced);
        found.extend(new.filter(|(id, _)| seen.insert(*id)));
    }
    Ok(found)
}

/// The tokens before this one that are still live. One in between may have ended earlier.
fn replaced(
    r: &mut Reader<'_>,
    token: &TokenRecord,
    now: Time,
) -> Result<Vec<(RecordId, TokenRecord)>> {
    let owner: Profile = r.require(token.owner)?;
    let moment = Moment::new(r, now);
    let (mut live, mut before) = (Vec::new(), token.predecessor);
    while let Some(id) = before {
        let Some((place, old)) = by_id(r, id)? else { break };
        before = old.predecessor;
        if is_live(&old, &owner, moment) {
            live.push((place, old));
        }
    }
    Ok(live)
}

/// The token that is meant.
pub(super) fn find(r: &mut Reader<'_>, target: &Target) -> Result<(RecordId, TokenRecord)> {
    let found = match target {
        Target::Address(TokenAddress::Named { profile, name }) => by_name(r, profile, name)?,
        Target::Address(TokenAddress::Id(id)) => by_id(r, *id)?,
        Target::Secret(token) => find_secret(r, token)?,
    };
    found.ok_or_else(|| match target {
        Target::Address(address) => Error::TokenNotFound(address.clone()),
        Target::Secret(Presented::Own(token)) => Error::TokenNotFound(TokenAddress::Id(token.id())),
        Target::Secret(Presented::Foreign(_)) => Error::ImportNotFound,
    })
}

/// The token with that public id, live or not.
pub(in crate::ops) fn by_id(
    r: &mut Reader<'_>,
    id: TokenId,
) -> Result<Option<(RecordId, TokenRecord)>> {
    let Some(place) = r.find(Unique::Token(id))? else { return Ok(None) };
    let token: TokenRecord = r.require(place)?;
    if token.public != id {
        return Err(Error::Integrity("a token's id leads to another record".to_owned()));
    }
    Ok(Some((place, token)))
}

fn by_name(
    r: &mut Reader<'_>,
    profile: &ProfileName,
    name: &TokenName,
) -> Result<Option<(RecordId, TokenRecord)>> {
    let (owner, _) = lookup::named::<Profile>(r, profile)?;
    let canonical = name.canonical();
    let Some(place) = r.find(Unique::TokenName(owner, &canonical))? else { return Ok(None) };
    let token: TokenRecord = r.require(place)?;
    if token.owner != owner || token.name.canonical() != canonical {
        return Err(Error::Integrity("a token's name leads to another record".to_owned()));
    }
    Ok(Some((place, token)))
}

/// The token whose secret this is; one that only shares the id is not it.
pub(super) fn find_secret<'a>(
    r: &mut Reader<'_>,
    token: impl Into<Presenting<'a>>,
) -> Result<Option<(RecordId, TokenRecord)>> {
    let proof = Proof::new(token);
    let Some((place, record)) = proof.candidate(r)? else { return Ok(None) };
    let (_, mac) = proof.mac(r, Some(record.mac_kid))?;
    Ok(mac.ct_eq(&record.mac).then_some((place, record)))
}
