//! Matches a presented secret to a token's record, and verifies it.

use super::find::by_id;
use crate::barrier::{Lookup, Reader, Unique};
use crate::crypto::Tag;
use crate::crypto::hash::sha256;
use crate::error::{Error, Result};
use crate::model::id::{RecordId, TokenId};
use crate::model::token::{Digest, Foreign, Presenting, Token, TokenRecord};

/// The value that identifies a presented secret.
#[derive(Clone, Copy)]
pub(in crate::ops) enum TokenProof<'a> {
    /// A token of hallpass: its id.
    Own(&'a Token),
    /// One of another system: its SHA-256.
    Import(Digest),
}

impl<'a> TokenProof<'a> {
    pub(in crate::ops) fn new(presented: impl Into<Presenting<'a>>) -> Self {
        match presented.into() {
            Presenting::Own(token) => Self::Own(token),
            Presenting::Foreign(foreign) => Self::Import(digest_of(foreign)),
        }
    }

    /// The index entry of that record.
    pub(in crate::ops) fn entry(&self) -> Unique<'_> {
        match self {
            Self::Own(token) => Unique::Token(token.id()),
            Self::Import(digest) => Unique::Import(&digest.0),
        }
    }

    /// The record that it may belong to. It does if the MACs are equal.
    pub(in crate::ops) fn candidate(
        self,
        r: &mut Reader<'_>,
    ) -> Result<Option<(RecordId, TokenRecord)>> {
        let digest = match self {
            Self::Own(token) => return by_id(r, token.id()),
            Self::Import(digest) => digest,
        };
        r.announce(&[Lookup::Named(Unique::Import(&digest.0))])?;
        let Some(record_id) = r.find(Unique::Import(&digest.0))? else {
            return Ok(None);
        };
        let token: TokenRecord = r.require(record_id)?;
        if token.imported != Some(digest.0) {
            return Err(Error::Integrity(
                "an imported token points to another record".to_owned(),
            ));
        }
        Ok(Some((record_id, token)))
    }

    /// Its MAC under key `kid` or the active one, and that key's id.
    pub(in crate::ops) fn mac(self, r: &Reader<'_>, kid: Option<u32>) -> Result<(u32, Tag)> {
        match self {
            Self::Own(token) => r.token_mac(kid, token.bytes()),
            Self::Import(digest) => r.import_mac(kid, &digest.0),
        }
    }

    /// 32 bytes from which no caller can choose a record id.
    pub(in crate::ops) fn bytes(&self) -> &[u8; 32] {
        match self {
            Self::Own(token) => token.bytes(),
            Self::Import(digest) => &digest.0,
        }
    }

    /// The id for a dummy record, if there is no record.
    pub(in crate::ops) fn id(self) -> TokenId {
        match self {
            Self::Own(token) => token.id(),
            Self::Import(_) => TokenId::new(0),
        }
    }
}

/// The digest that identifies a token of another system.
pub(in crate::ops) fn digest_of(foreign: &Foreign) -> Digest {
    Digest(sha256(foreign.expose().as_bytes()))
}

/// The token with this secret; one that only has the same id does not match.
pub(in crate::ops) fn find_secret<'a>(
    r: &mut Reader<'_>,
    token: impl Into<Presenting<'a>>,
) -> Result<Option<(RecordId, TokenRecord)>> {
    let proof = TokenProof::new(token);
    let Some((record_id, record)) = proof.candidate(r)? else {
        return Ok(None);
    };
    let (_, mac) = proof.mac(r, Some(record.mac_kid))?;
    Ok(mac.ct_eq(&record.mac).then_some((record_id, record)))
}
