//! Reads the facts for a verdict, at the same cost for known and unknown tokens.

use std::sync::Arc;

use super::verdict::Asked;
use crate::barrier::{List, Reader};
use crate::crypto::hash::sha256;
use crate::error::Result;
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::id::RecordId;
use crate::model::profile::Profile;
use crate::model::time::Time;
use crate::model::token::TokenRecord;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::lookup;
use crate::ops::records::token::{TokenProof, announce_referents, dummy_record};

/// The facts for the verdict on one presented token.
pub(super) struct TokenFacts {
    /// The token, if it is in the store.
    pub(super) token: Option<KnownToken>,
    pub(super) named: NamedReferents,
    pub(super) clocks: Clocks,
}

/// A token of the store, and what it refers to.
pub(super) struct KnownToken {
    pub(super) record_id: RecordId,
    pub(super) record: TokenRecord,
    pub(super) referents: Referents,
}

impl TokenFacts {
    /// Reads the facts from the store. `None` if what was presented cannot be a token: it does not
    /// have the shape of one of ours, and the store has none of another system.
    pub(super) fn read(
        r: &mut Reader<'_>,
        proof: TokenProof<'_>,
        asked: &Asked,
        now: Time,
    ) -> Result<Option<Self>> {
        if matches!(proof, TokenProof::Import(_)) && r.imports() == 0 {
            return Ok(None);
        }
        let clocks = Clocks::new(r, now);
        let named = NamedReferents::resolve(r, asked)?;
        let candidate = Candidate::load(r, proof)?;
        let (_, mac) = proof.mac(r, Some(candidate.record.mac_kid))?;
        let is_right = mac.ct_eq(&candidate.record.mac);
        // Even if the MAC differs: the response time must not reveal that the id is known.
        let referents = Referents::of(r, &candidate)?;
        let Candidate { record_id, record } = candidate;
        let token = match (is_right, record_id, referents) {
            (true, Some(record_id), Some(referents)) => Some(KnownToken {
                record_id,
                record,
                referents,
            }),
            _ => None,
        };
        Ok(Some(Self {
            token,
            named,
            clocks,
        }))
    }
}

/// What the caller named, resolved.
pub(super) struct NamedReferents {
    pub(super) connection: Option<(RecordId, Arc<Connection>)>,
    pub(super) environment: Option<RecordId>,
}

impl NamedReferents {
    pub(super) fn resolve(r: &mut Reader<'_>, asked: &Asked) -> Result<Self> {
        let connection = asked.connection.as_ref();
        let environment = asked.environment.as_ref();
        Ok(Self {
            connection: connection
                .map(|name| lookup::named::<Connection>(r, name))
                .transpose()?
                .map(|(id, connection)| (id, Arc::new(connection))),
            environment: environment
                .map(|name| lookup::named::<Environment>(r, name).map(|(id, _)| id))
                .transpose()?,
        })
    }
}

/// The record a token may belong to, or a dummy without a record id, so that known and unknown ids
/// cost the same steps.
struct Candidate {
    record_id: Option<RecordId>,
    record: TokenRecord,
}

impl Candidate {
    fn load(r: &mut Reader<'_>, proof: TokenProof<'_>) -> Result<Self> {
        if let Some((record_id, record)) = proof.candidate(r)? {
            return Ok(Self {
                record_id: Some(record_id),
                record,
            });
        }
        // Reads a bucket that no caller can choose, as reading a known record would.
        let elsewhere = RecordId::from_bytes(half(&sha256(proof.bytes())));
        let _: Option<TokenRecord> = r.get(elsewhere)?;
        let environment = r.at(List::Environments, 0)?;
        let mac_kid = proof.mac(r, None)?.0;
        Ok(Self {
            record_id: None,
            record: dummy_record(proof.id(), environment, mac_kid)?,
        })
    }
}

fn half(digest: &[u8; 32]) -> [u8; 16] {
    digest.first_chunk().copied().unwrap_or_default()
}

/// What a token refers to. A table in memory shares these records among its tokens.
pub(super) struct Referents {
    pub(super) profile: Arc<Profile>,
    /// The token that a session token was made from.
    pub(super) parent: Option<Arc<TokenRecord>>,
    pub(super) connection: Option<(RecordId, Arc<Connection>)>,
    pub(super) environment: Arc<Environment>,
}

impl Referents {
    /// `None` for a dummy; the same amount is read for both.
    fn of(r: &mut Reader<'_>, candidate: &Candidate) -> Result<Option<Self>> {
        let Candidate { record_id, record } = candidate;
        if record_id.is_some() {
            announce_referents(r, record)?;
        }
        let environment: Environment = r.require(record.environment)?;
        if record_id.is_none() {
            let _: Environment = r.require(record.environment)?;
            let _: Environment = r.require(record.environment)?;
            return Ok(None);
        }
        let profile = Arc::new(r.require(record.owner)?);
        let parent = if let Some(id) = record.parent_token() {
            r.get(id)?.map(Arc::new)
        } else {
            // Nor the verdict on a token that is no session token.
            let _: Environment = r.require(record.environment)?;
            None
        };
        let connection = if let Some(id) = record.connection {
            Some((id, Arc::new(r.require(id)?)))
        } else {
            // The verdict on an open token must not be faster.
            let _: Environment = r.require(record.environment)?;
            None
        };
        Ok(Some(Self {
            profile,
            parent,
            connection,
            environment: Arc::new(environment),
        }))
    }
}
