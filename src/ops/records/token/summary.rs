//! Summaries of tokens; never their secrets.

use serde::Serialize;

use super::find::by_id;
use super::last_use::with_last_use;
use super::parent::{parent_of, state_with_parent};
use super::state::state;
use crate::barrier::{Lookup, Reader, Unique};
use crate::error::{Error, Result};
use crate::model::address::AddressRange;
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::id::{RecordId, TokenId};
use crate::model::name::{ConnectionName, EnvironmentName, ProfileName, TokenName};
use crate::model::profile::{Profile, Suspension};
use crate::model::text::{Device, FreeText};
use crate::model::time::Time;
use crate::model::token::{TokenAddress, TokenRecord, TokenState, Use};
use crate::model::verdict::{self, Caller, Facts, Reason};
use crate::ops::records::cache::ReferentCache;
use crate::ops::records::clocks::Clocks;

/// A token, as displayed; never its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its public id.
    pub id: TokenId,
    /// Its name within the profile.
    pub name: TokenName,
    /// Its profile; `None` once that is deleted.
    pub profile: Option<ProfileName>,
    /// The connection it is bound to.
    pub connection: Option<ConnectionName>,
    /// The environment it is for.
    pub environment: EnvironmentName,
    /// The device it is bound to.
    pub device: Option<Device>,
    /// Its own state.
    pub state: TokenState,
    /// The verdict without a caller's context: valid, or why not.
    pub effective: Reason,
    /// The operator's reason for revoking or suspending it.
    pub reason: Option<FreeText>,
    /// Addresses it may be used from; empty means any.
    pub allow_ip: Vec<AddressRange>,
    /// Time of creation.
    pub created_at: Time,
    /// When it expires; `None` means never.
    pub expires_at: Option<Time>,
    /// When it was last found valid; `None` if never, or unknown.
    pub last_used_at: Option<Time>,
    /// The token it replaces.
    pub predecessor: Option<TokenId>,
    /// The token that replaces it.
    pub successor: Option<TokenId>,
    /// When it was revoked.
    pub revoked_at: Option<Time>,
    /// When its suspension expires by itself.
    pub suspended_until: Option<Time>,
    /// When the token it replaces was last found valid.
    pub predecessor_last_used_at: Option<Time>,
    /// Until when the token it replaces is valid; `None` means without end.
    pub predecessor_expires_at: Option<Time>,
    /// When the token that replaces it was last found valid.
    pub successor_last_used_at: Option<Time>,
    /// Why `last_used_at` is `None`: never used, or unknown.
    pub used: Use,
    /// The same for the token it replaces.
    pub predecessor_used: Option<Use>,
    /// The same for the token that replaces it.
    pub successor_used: Option<Use>,
    /// Whether it was issued by another system.
    pub imported: bool,
    /// Whether it is a session token: it ends with what it was made from.
    pub session: bool,
    /// The token that a session token was made from; `None` if it was made from the password, or
    /// that token is gone.
    pub parent: Option<TokenId>,
}

impl Summary {
    /// Its address: `PROFILE/NAME`, or its id if it no longer has the name or is about to lose it
    /// to its successor.
    pub fn address(&self) -> String {
        self.addressed().to_string()
    }

    /// As [`Self::address`], as a value.
    pub fn addressed(&self) -> TokenAddress {
        match &self.profile {
            Some(profile) if self.state.is_live() && self.successor.is_none() => {
                TokenAddress::Named {
                    profile: profile.clone(),
                    name: self.name.clone(),
                }
            }
            _ => TokenAddress::Id(self.id),
        }
    }

    /// When it was revoked or expired, whichever came first; for a live token, when it will expire.
    pub(in crate::ops) fn ended_at(&self) -> Option<Time> {
        [self.revoked_at, self.expires_at]
            .into_iter()
            .flatten()
            .min()
    }
}

/// The summary of a token, with what it refers to.
pub(in crate::ops) fn summary(
    r: &mut Reader<'_>,
    cache: &mut ReferentCache,
    clocks: Clocks,
    (id, token): (RecordId, &TokenRecord),
) -> Result<Summary> {
    announce_referents(r, token)?;
    let old = neighbour(r, token.predecessor)?;
    let new = neighbour(r, token.successor)?;
    let neighbours = old.iter().chain(&new).map(|(id, _)| *id);
    let ids: Vec<RecordId> = neighbours.chain([id]).collect();
    r.expect_uses(&ids)?;
    let token = &*with_last_use(r, id, token)?;
    let profile = cache.profiles.open(r, token.owner)?;
    let environment = cache.environments.open(r, token.environment)?;
    let connection = token
        .connection
        .map(|id| cache.connections.open(r, id))
        .transpose()?;
    let parent = parent_of(r, token)?;
    let mut summary = summarise(
        token,
        parent.as_ref(),
        &profile,
        connection.as_deref(),
        &environment,
        clocks,
    );
    if let Some((id, old)) = old {
        let old = with_last_use(r, id, &old)?;
        summary.predecessor_last_used_at = old.last_used_at;
        summary.predecessor_used = Some(old.used(clocks.known_from));
        summary.predecessor_expires_at = old.expires_at;
    }
    if let Some((id, new)) = new {
        let new = with_last_use(r, id, &new)?;
        summary.successor_last_used_at = new.last_used_at;
        summary.successor_used = Some(new.used(clocks.known_from));
    }
    Ok(summary)
}

/// Announces the records that a token refers to.
pub(in crate::ops) fn announce_referents(r: &Reader<'_>, token: &TokenRecord) -> Result<()> {
    let records = [
        Some(token.owner),
        Some(token.environment),
        token.connection,
        token.parent_token(),
    ];
    let records = records.into_iter().flatten().map(Lookup::Record);
    let neighbours = [token.predecessor, token.successor].into_iter().flatten();
    let neighbours = neighbours.map(|id| Lookup::Named(Unique::Token(id)));
    r.announce(&records.chain(neighbours).collect::<Vec<_>>())
}

/// The predecessor or successor of a token, if it still exists.
fn neighbour(r: &mut Reader<'_>, id: Option<TokenId>) -> Result<Option<(RecordId, TokenRecord)>> {
    id.map_or(Ok(None), |id| by_id(r, id))
}

pub(super) fn summarise(
    token: &TokenRecord,
    parent: Option<&TokenRecord>,
    profile: &Profile,
    connection: Option<&Connection>,
    environment: &Environment,
    clocks: Clocks,
) -> Summary {
    let suspension = token
        .suspended
        .as_ref()
        .filter(|suspension| suspension.holds(clocks.now));
    let parent_ended = token.has_ended_parent(parent, profile, clocks.latest);
    Summary {
        id: token.public,
        name: token.name.clone(),
        profile: profile.name.clone(),
        connection: connection.map(|connection| connection.name.clone()),
        environment: environment.name.clone(),
        device: token.device.clone(),
        state: state_with_parent(state(token, profile, clocks), parent_ended),
        effective: effective(token, parent, profile, connection, clocks),
        reason: reason(token, suspension),
        allow_ip: token.allow_ip.clone(),
        created_at: token.created_at,
        expires_at: token.expires_at,
        last_used_at: token.last_used_at,
        predecessor: token.predecessor,
        successor: token.successor,
        revoked_at: token
            .revoked
            .as_ref()
            .map(|revocation| revocation.at)
            .or(profile.deleted_at),
        suspended_until: suspension.and_then(|suspension| suspension.until),
        predecessor_last_used_at: None,
        predecessor_expires_at: None,
        successor_last_used_at: None,
        used: token.used(clocks.known_from),
        predecessor_used: None,
        successor_used: None,
        imported: token.imported.is_some(),
        session: token.session.is_some(),
        parent: parent.map(|parent| parent.public),
    }
}

fn reason(token: &TokenRecord, suspension: Option<&Suspension>) -> Option<FreeText> {
    match &token.revoked {
        Some(revocation) => revocation.reason.clone(),
        None => suspension.and_then(|suspension| suspension.reason.clone()),
    }
}

fn effective(
    token: &TokenRecord,
    parent: Option<&TokenRecord>,
    profile: &Profile,
    connection: Option<&Connection>,
    clocks: Clocks,
) -> Reason {
    verdict::judge(&Facts {
        token,
        profile,
        parent,
        connection,
        connection_id: token.connection,
        named_connection: None,
        environment: None,
        device: None,
        caller: Caller::Unchecked,
        now: clocks.now,
        latest: clocks.latest,
    })
}

/// The summary of the token with that id, if it exists.
pub(in crate::ops) fn summary_by_id(
    r: &mut Reader<'_>,
    public: TokenId,
    now: Time,
) -> Result<Option<Summary>> {
    let Some((id, token)) = by_id(r, public)? else {
        return Ok(None);
    };
    let clocks = Clocks::new(r, now);
    summary(r, &mut ReferentCache::default(), clocks, (id, &token)).map(Some)
}

/// The summary of a token that has to exist.
pub(in crate::ops) fn required_summary(
    r: &mut Reader<'_>,
    id: TokenId,
    now: Time,
) -> Result<Summary> {
    summary_by_id(r, id, now)?.ok_or(Error::Bug("a token went missing"))
}
