//! Which record a secret belongs to, and how it is told that it does.

use super::import::digest_of;
use super::target::by_id;
use crate::barrier::{Reader, Unique};
use crate::crypto::Tag;
use crate::error::{Error, Result};
use crate::model::id::{RecordId, TokenId};
use crate::model::token::{Digest, Presenting, Token, TokenRecord};

/// What a presented secret is known by.
#[derive(Clone, Copy)]
pub(in crate::ops) enum Proof<'a> {
    /// A token of hallpass: its id.
    Own(&'a Token),
    /// One of another system: its SHA-256.
    Import(Digest),
}

impl<'a> Proof<'a> {
    pub(in crate::ops) fn new(presented: impl Into<Presenting<'a>>) -> Self {
        match presented.into() {
            Presenting::Own(token) => Self::Own(token),
            Presenting::Foreign(foreign) => Self::Import(digest_of(foreign)),
        }
    }

    /// The record that it may belong to. That it does is known when the MACs are the same.
    pub(in crate::ops) fn candidate(
        self,
        r: &mut Reader<'_>,
    ) -> Result<Option<(RecordId, TokenRecord)>> {
        let digest = match self {
            Self::Own(token) => return by_id(r, token.id()),
            Self::Import(digest) => digest,
        };
        let Some(place) = r.find(Unique::Import(&digest.0))? else { return Ok(None) };
        let token: TokenRecord = r.require(place)?;
        if token.imported != Some(digest.0) {
            return Err(Error::Integrity("an imported token leads to another record".to_owned()));
        }
        Ok(Some((place, token)))
    }

    /// Its MAC under key `kid` or the active one, and that key's id.
    pub(in crate::ops) fn mac(self, r: &Reader<'_>, kid: Option<u32>) -> Result<(u32, Tag)> {
        match self {
            Self::Own(token) => r.token_mac(kid, token.bytes()),
            Self::Import(digest) => r.import_mac(kid, &digest.0),
        }
    }

    /// 32 bytes that nobody can choose a place with.
    pub(in crate::ops) fn bytes(&self) -> &[u8; 32] {
        match self {
            Self::Own(token) => token.bytes(),
            Self::Import(digest) => &digest.0,
        }
    }

    /// The id that a record is made up for, if there is none.
    pub(in crate::ops) fn id(self) -> TokenId {
        match self {
            Self::Own(token) => token.id(),
            Self::Import(_) => TokenId::new(0),
        }
    }
}
