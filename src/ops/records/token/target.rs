//! Resolves references to tokens.

use super::find::{by_id, by_name};
use super::proof::{TokenProof, find_secret};
use super::state::is_live;
use crate::barrier::{Lookup, Reader, Unique};
use crate::error::{Error, Result, Subject};
use crate::model::id::RecordId;
use crate::model::profile::Profile;
use crate::model::time::Time;
use crate::model::token::{Presented, Token, TokenAddress, TokenRecord};
use crate::ops::records::clocks::Clocks;

/// How many references are announced.
const AT_ONCE: usize = 16;

/// A reference to a token.
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

/// Hands on what the transaction that resolves these references looks up first.
pub(in crate::ops) fn announce(targets: &[Target], mut announce: impl FnMut(Lookup<'_>)) {
    for target in targets.iter().take(AT_ONCE) {
        match target {
            Target::Address(TokenAddress::Named { profile, .. }) => {
                announce(Lookup::Named(Unique::Profile(&profile.canonical())));
            }
            Target::Address(TokenAddress::Id(id)) => announce(Lookup::Named(Unique::Token(*id))),
            Target::Secret(token) => announce(Lookup::Named(TokenProof::new(token).entry())),
        }
    }
}

/// The referenced tokens, each once; all are resolved before any is changed.
pub(in crate::ops) fn find_all(
    r: &mut Reader<'_>,
    targets: &[Target],
    now: Time,
) -> Result<Vec<(RecordId, TokenRecord)>> {
    let mut found: Vec<(RecordId, TokenRecord)> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for target in targets {
        let meant = find(r, target)?;
        // Predecessors that are still valid count under the same name, because callers still use
        // them by it.
        let replaced = match target {
            Target::Address(TokenAddress::Named { .. }) => replaced(r, &meant.1, now)?,
            _ => Vec::new(),
        };
        let new = std::iter::once(meant).chain(replaced);
        found.extend(new.filter(|(id, _)| seen.insert(*id)));
    }
    Ok(found)
}

/// The predecessors of this token that are still live. One in between may have ended earlier.
fn replaced(
    r: &mut Reader<'_>,
    token: &TokenRecord,
    now: Time,
) -> Result<Vec<(RecordId, TokenRecord)>> {
    let owner: Profile = r.require(token.owner)?;
    let clocks = Clocks::new(r, now);
    let mut live = Vec::new();
    let mut before = token.predecessor;
    while let Some(id) = before {
        let Some((record_id, old)) = by_id(r, id)? else {
            break;
        };
        before = old.predecessor;
        if is_live(&old, &owner, clocks) {
            live.push((record_id, old));
        }
    }
    Ok(live)
}

/// Resolves one reference.
pub(in crate::ops) fn find(r: &mut Reader<'_>, target: &Target) -> Result<(RecordId, TokenRecord)> {
    let found = match target {
        Target::Address(TokenAddress::Named { profile, name }) => by_name(r, profile, name)?,
        Target::Address(TokenAddress::Id(id)) => by_id(r, *id)?,
        Target::Secret(token) => find_secret(r, token)?,
    };
    found.ok_or_else(|| match target {
        Target::Address(address) => Error::NotFound(Subject::Token(address.clone())),
        Target::Secret(Presented::Own(token)) => {
            Error::NotFound(Subject::Token(TokenAddress::Id(token.id())))
        }
        Target::Secret(Presented::Foreign(_)) => Error::NotFound(Subject::Import),
    })
}
