//! What a verdict is made of, read so that known and unknown tokens cost the same.

use super::verdict::{Asked, Judged, Verdict};
use crate::barrier::{List, Reader};
use crate::crypto::hash::sha256;
use crate::error::Result;
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::id::RecordId;
use crate::model::profile::Profile;
use crate::model::token::TokenRecord;
use crate::model::verdict::{self, Facts, Reason};
use crate::ops::records::clocks::Clocks;
use crate::ops::records::lookup;
use crate::ops::records::token::{TokenProof, dummy_record};

/// What the caller named, found.
pub(super) struct NamedReferents {
    pub(super) connection: Option<(RecordId, Connection)>,
    pub(super) environment: Option<RecordId>,
}

impl NamedReferents {
    pub(super) fn resolve(r: &mut Reader<'_>, asked: &Asked) -> Result<Self> {
        let connection = asked.connection.as_ref();
        let environment = asked.environment.as_ref();
        Ok(Self {
            connection: connection.map(|name| lookup::named::<Connection>(r, name)).transpose()?,
            environment: environment
                .map(|name| lookup::named::<Environment>(r, name).map(|(id, _)| id))
                .transpose()?,
        })
    }
}

/// The record a token may belong to; one made up, with no place, if there is none, so that known
/// and unknown ids cost the same steps.
pub(super) struct Candidate {
    pub(super) place: Option<RecordId>,
    pub(super) record: TokenRecord,
}

impl Candidate {
    pub(super) fn load(r: &mut Reader<'_>, proof: TokenProof<'_>) -> Result<Self> {
        if let Some((place, record)) = proof.candidate(r)? {
            return Ok(Self { place: Some(place), record });
        }
        // A read of a bucket nobody can choose, as the read of a known record would be.
        let elsewhere = RecordId::from_bytes(half(&sha256(proof.bytes())));
        let _: Option<TokenRecord> = r.get(elsewhere)?;
        let environment = r.at(List::Environments, 0)?;
        let mac_kid = proof.mac(r, None)?.0;
        Ok(Self { place: None, record: dummy_record(proof.id(), environment, mac_kid)? })
    }
}

fn half(digest: &[u8; 32]) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = *from);
    bytes
}

/// What a token points to.
pub(super) struct Referents {
    pub(super) profile: Profile,
    pub(super) connection: Option<(RecordId, Connection)>,
    pub(super) environment: Environment,
}

impl Referents {
    /// `None` for a record that is made up; as much is read for each.
    pub(super) fn of(r: &mut Reader<'_>, candidate: &Candidate) -> Result<Option<Self>> {
        let Candidate { place, record } = candidate;
        let environment: Environment = r.require(record.environment)?;
        if place.is_none() {
            let _: Environment = r.require(record.environment)?;
            return Ok(None);
        }
        let profile = r.require(record.owner)?;
        let connection = if let Some(id) = record.connection {
            Some((id, r.require(id)?))
        } else {
            // A token for any connection is no quicker to judge.
            let _: Environment = r.require(record.environment)?;
            None
        };
        Ok(Some(Self { profile, connection, environment }))
    }

    pub(super) fn reason(
        &self,
        token: &TokenRecord,
        named: &NamedReferents,
        asked: &Asked,
        at: Clocks,
    ) -> Reason {
        let connection = self.connection.as_ref().or(named.connection.as_ref());
        let Clocks { now, latest, .. } = at;
        verdict::judge(&Facts {
            token,
            profile: &self.profile,
            connection: connection.map(|(_, it)| it),
            connection_id: connection.map(|(id, _)| *id),
            named_connection: named.connection.as_ref().map(|(id, _)| *id),
            environment: named.environment,
            device: asked.device.as_ref(),
            ip: asked.ip,
            now,
            latest,
        })
    }

    pub(super) fn verdict(self, token: &TokenRecord, reason: Reason) -> Verdict {
        // A pending token verifies as unknown, and an unknown one has nothing to tell.
        if reason == Reason::Unknown {
            return Verdict::nothing(reason);
        }
        Verdict {
            valid: reason == Reason::Valid,
            reason,
            exit: reason.exit(),
            token: Some(Judged { id: token.public, name: token.name.clone() }),
            profile: self.profile.name,
            connection: self.connection.map(|(_, it)| it.name),
            environment: Some(self.environment.name),
            device: token.device.clone(),
            expires_at: token.expires_at,
            due: None,
        }
    }
}
