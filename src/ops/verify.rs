//! Is this token good here?

use std::net::IpAddr;

use serde::Serialize;

use super::lookup::{self, Moment};
use super::token::Proof;
use super::{Core, token};
use crate::barrier::{List, Reader};
use crate::crypto::hash::sha256;
use crate::error::Result;
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::id::{RecordId, TokenId};
use crate::model::name::{ConnectionName, EnvironmentName, ProfileName, TokenName};
use crate::model::profile::Profile;
use crate::model::text::Device;
use crate::model::time::Time;
use crate::model::token::{Presenting, TokenRecord};
use crate::model::verdict::{self, Facts, Reason};

/// What a token is asked to be good for. What is not named is not checked.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The connection it is used for.
    pub connection: Option<ConnectionName>,
    /// The environment it is used in.
    pub environment: Option<EnvironmentName>,
    /// The device it is used on.
    pub device: Option<Device>,
    /// Where the caller is.
    pub ip: Option<IpAddr>,
}

/// Which token a verdict is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// Its public id.
    pub id: TokenId,
    /// Its name within the profile.
    pub name: TokenName,
}

/// The answer. All but the first three are `None` when the token is malformed or unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Whether it is good.
    pub valid: bool,
    /// Why not, or `valid`.
    pub reason: Reason,
    /// The exit code of the reason.
    pub exit: u8,
    /// Which token it is.
    pub token: Option<Judged>,
    /// Whose it is; `None` once the profile is deleted.
    pub profile: Option<ProfileName>,
    /// The connection it is bound to.
    pub connection: Option<ConnectionName>,
    /// The environment it is for.
    pub environment: Option<EnvironmentName>,
    /// The device it is bound to.
    pub device: Option<Device>,
    /// When it ends.
    pub expires_at: Option<Time>,
    /// The note of its use that is due.
    #[serde(skip)]
    due: Option<Due>,
}

/// A note that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    /// In the token: when it was used, or under which key its MAC is kept.
    Use { record: RecordId, at: Time },
    /// In the log: that an old token was used after its successor had taken its place.
    Late { rotation: RecordId, at: Time },
}

impl Verdict {
    /// The verdict on what is no token at all.
    pub fn malformed() -> Self {
        Self::nothing(Reason::Malformed)
    }

    fn nothing(reason: Reason) -> Self {
        Self {
            valid: false,
            reason,
            exit: reason.exit(),
            token: None,
            profile: None,
            connection: None,
            environment: None,
            device: None,
            expires_at: None,
            due: None,
        }
    }
}

/// Judges a token. Nothing is written: [`touch`] does that once the answer is out.
///
/// A named connection or environment that does not exist is an error, not a verdict.
///
/// What is no token of hallpass is looked up only in a store that holds tokens of other systems, by
/// the same steps; elsewhere it is malformed.
pub fn judge<'a>(
    core: &mut Core,
    token: impl Into<Presenting<'a>>,
    asked: &Asked,
) -> Result<Verdict> {
    let (now, proof) = (core.now(), Proof::new(token));
    core.read(|r| {
        if matches!(proof, Proof::Import(_)) && r.imports() == 0 {
            return Ok(Verdict::malformed());
        }
        let moment = Moment::new(r, now);
        let named = Named::resolve(r, asked)?;
        let candidate = Candidate::load(r, proof)?;
        let (_, mac) = proof.mac(r, Some(candidate.record.mac_kid))?;
        let known = mac.ct_eq(&candidate.record.mac);
        let world = World::of(r, &candidate)?;
        match (known, candidate.place, world) {
            (true, Some(place), Some(world)) => {
                let reason = world.reason(&candidate.record, &named, asked, moment);
                let verdict = world.verdict(&candidate.record, reason);
                let due = due(r, place, &candidate.record, &verdict, now)?;
                Ok(Verdict { due, ..verdict })
            }
            _ => Ok(Verdict::nothing(Reason::Unknown)),
        }
    })
}

/// Notes that a token was used, at most once a minute, and brings its MAC under the newest key.
///
/// Skipped without a word if the store is busy or cannot be written: the answer is out already.
/// There is no audit row, and the store's latest time does not advance, so that a clock that jumped
/// for a minute does not end every token. What is an event, and has a row, is that an old token was
/// used after its window; at most once a minute, too.
pub fn touch<'a>(core: &mut Core, token: impl Into<Presenting<'a>>, verdict: &Verdict) {
    let Some(due) = verdict.due else { return };
    let proof = Proof::new(token);
    let Core { store, entropy, actor, .. } = core;
    let (Due::Use { at, .. } | Due::Late { at, .. }) = due;
    let noted = store.write_quietly(at, actor, &mut **entropy, |w| {
        let record = match due {
            Due::Use { record, .. } => record,
            Due::Late { rotation, .. } => return token::note_late_use(w, rotation),
        };
        let Some(mut kept) = w.get::<TokenRecord>(record)? else { return Ok(()) };
        let (kid, mac) = proof.mac(w, None)?;
        // Another call may have noted it, or a later use, meanwhile.
        if !kept.note_use(at) && kid == kept.mac_kid {
            return Ok(());
        }
        (kept.mac_kid, kept.mac) = (kid, *mac.bytes());
        w.put(record, &kept)
    });
    // Nobody waits for this any more, and the next use tries again.
    drop(noted);
}

fn due(
    r: &mut Reader<'_>,
    place: RecordId,
    token: &TokenRecord,
    verdict: &Verdict,
    now: Time,
) -> Result<Option<Due>> {
    if !verdict.valid {
        let late = token::late_use(r, token, verdict.reason, now)?;
        return Ok(late.map(|rotation| Due::Late { rotation, at: now }));
    }
    let old_key = r.token_mac(None, &[0; 32])?.0 != token.mac_kid;
    Ok((token.is_use_new(now) || old_key).then_some(Due::Use { record: place, at: now }))
}

/// What the caller named, found.
struct Named {
    connection: Option<(RecordId, Connection)>,
    environment: Option<RecordId>,
}

impl Named {
    fn resolve(r: &mut Reader<'_>, asked: &Asked) -> Result<Self> {
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
struct Candidate {
    place: Option<RecordId>,
    record: TokenRecord,
}

impl Candidate {
    fn load(r: &mut Reader<'_>, proof: Proof<'_>) -> Result<Self> {
        if let Some((place, record)) = proof.candidate(r)? {
            return Ok(Self { place: Some(place), record });
        }
        // A read of a bucket nobody can choose, as the read of a known record would be.
        let elsewhere = RecordId::from_bytes(half(&sha256(proof.bytes())));
        let _: Option<TokenRecord> = r.get(elsewhere)?;
        let environment = r.at(List::Environments, 0)?;
        let mac_kid = proof.mac(r, None)?.0;
        Ok(Self { place: None, record: made_up(proof.id(), environment, mac_kid)? })
    }
}

fn half(digest: &[u8; 32]) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = *from);
    bytes
}

/// A record of a token that is not in the store, open and good for ever.
pub(super) fn made_up(public: TokenId, environment: RecordId, mac_kid: u32) -> Result<TokenRecord> {
    Ok(TokenRecord {
        public,
        mac: [0; 32],
        mac_kid,
        imported: None,
        // Never looked for: there is no place to this record.
        owner: environment,
        name: "unknown".parse()?,
        connection: None,
        environment,
        device: None,
        allow_ip: Vec::new(),
        created_at: Time::from_seconds(0),
        expires_at: None,
        revoked: None,
        suspended: None,
        pending: None,
        last_used_at: None,
        predecessor: None,
        successor: None,
        position: 0,
    })
}

/// What a token points to.
struct World {
    profile: Profile,
    connection: Option<(RecordId, Connection)>,
    environment: Environment,
}

impl World {
    /// `None` for a record that is made up; as much is read for each.
    fn of(r: &mut Reader<'_>, candidate: &Candidate) -> Result<Option<Self>> {
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

    fn reason(&self, token: &TokenRecord, named: &Named, asked: &Asked, at: Moment) -> Reason {
        let connection = self.connection.as_ref().or(named.connection.as_ref());
        let Moment { now, latest, .. } = at;
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

    fn verdict(self, token: &TokenRecord, reason: Reason) -> Verdict {
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
