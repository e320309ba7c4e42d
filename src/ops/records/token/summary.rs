//! A token as it is shown: never its secret.

use serde::Serialize;

use super::find::by_id;
use super::state::state;
use crate::barrier::Reader;
use crate::error::{Error, Result};
use crate::model::address::AddressRange;
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::id::TokenId;
use crate::model::name::{ConnectionName, EnvironmentName, ProfileName, TokenName};
use crate::model::profile::{Profile, Suspension};
use crate::model::text::{Device, FreeText};
use crate::model::time::Time;
use crate::model::token::{TokenAddress, TokenRecord, TokenState, Use};
use crate::model::verdict::{self, Facts, Reason};
use crate::ops::records::cache::ReferentCache;
use crate::ops::records::clocks::Clocks;

/// A token, as it is shown: never the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its public id.
    pub id: TokenId,
    /// Its name within the profile.
    pub name: TokenName,
    /// Whose it is; `None` once the profile is deleted.
    pub profile: Option<ProfileName>,
    /// The connection it is bound to.
    pub connection: Option<ConnectionName>,
    /// The environment it is for.
    pub environment: EnvironmentName,
    /// The device it is bound to.
    pub device: Option<Device>,
    /// Its own state.
    pub state: TokenState,
    /// Whether it is valid, judged without a caller's context, or why not.
    pub effective: Reason,
    /// The operator's reason for revoking or suspending it.
    pub reason: Option<FreeText>,
    /// Where it may be used from; empty is anywhere.
    pub allow_ip: Vec<AddressRange>,
    /// When it was made.
    pub created_at: Time,
    /// When it ends; `None` is never.
    pub expires_at: Option<Time>,
    /// When it was last found valid; `None` is never.
    pub last_used_at: Option<Time>,
    /// The token it replaces.
    pub predecessor: Option<TokenId>,
    /// The token that replaces it.
    pub successor: Option<TokenId>,
    /// When it was revoked.
    pub revoked_at: Option<Time>,
    /// When its suspension ends by itself.
    pub suspended_until: Option<Time>,
    /// When the token it replaces was last found valid.
    pub predecessor_last_used_at: Option<Time>,
    /// Until when the token it replaces is good beside it; `None` is never.
    pub predecessor_expires_at: Option<Time>,
    /// When the token that replaces it was last found valid.
    pub successor_last_used_at: Option<Time>,
    /// Whether `last_used_at` is `None` because it was never used, or because that is not known.
    pub used: Use,
    /// The same of the token it replaces.
    pub predecessor_used: Option<Use>,
    /// The same of the token that replaces it.
    pub successor_used: Option<Use>,
    /// Whether another system made it.
    pub imported: bool,
}

impl Summary {
    /// How it is addressed: `PROFILE/NAME`, or its id if it does not hold the name any more, or will
    /// not soon, because another one has replaced it.
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

    /// When it was revoked or its time was over, whichever came first; what is still to come for one
    /// that is live.
    pub(in crate::ops) fn ended_at(&self) -> Option<Time> {
        [self.revoked_at, self.expires_at]
            .into_iter()
            .flatten()
            .min()
    }
}

/// A token and what it points to, as it is shown.
pub(in crate::ops) fn summary(
    r: &mut Reader<'_>,
    cache: &mut ReferentCache,
    clocks: Clocks,
    token: &TokenRecord,
) -> Result<Summary> {
    let profile = cache.profiles.open(r, token.owner)?;
    let environment = cache.environments.open(r, token.environment)?;
    let connection = token
        .connection
        .map(|id| cache.connections.open(r, id))
        .transpose()?;
    let mut summary = summarise(token, &profile, connection.as_deref(), &environment, clocks);
    if let Some(old) = neighbour(r, token.predecessor)? {
        summary.predecessor_last_used_at = old.last_used_at;
        summary.predecessor_used = Some(old.used(clocks.known_from));
        summary.predecessor_expires_at = old.expires_at;
    }
    if let Some(new) = neighbour(r, token.successor)? {
        summary.successor_last_used_at = new.last_used_at;
        summary.successor_used = Some(new.used(clocks.known_from));
    }
    Ok(summary)
}

/// The token that another one names, if it is still there.
fn neighbour(r: &mut Reader<'_>, id: Option<TokenId>) -> Result<Option<TokenRecord>> {
    let Some(id) = id else { return Ok(None) };
    Ok(by_id(r, id)?.map(|(_, token)| token))
}

pub(super) fn summarise(
    token: &TokenRecord,
    profile: &Profile,
    connection: Option<&Connection>,
    environment: &Environment,
    clocks: Clocks,
) -> Summary {
    let suspension = token.suspended.as_ref().filter(|it| it.holds(clocks.now));
    Summary {
        id: token.public,
        name: token.name.clone(),
        profile: profile.name.clone(),
        connection: connection.map(|it| it.name.clone()),
        environment: environment.name.clone(),
        device: token.device.clone(),
        state: state(token, profile, clocks),
        effective: effective(token, profile, connection, clocks),
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
            .map(|it| it.at)
            .or(profile.deleted_at),
        suspended_until: suspension.and_then(|it| it.until),
        predecessor_last_used_at: None,
        predecessor_expires_at: None,
        successor_last_used_at: None,
        used: token.used(clocks.known_from),
        predecessor_used: None,
        successor_used: None,
        imported: token.imported.is_some(),
    }
}

fn reason(token: &TokenRecord, suspension: Option<&Suspension>) -> Option<FreeText> {
    match &token.revoked {
        Some(revocation) => revocation.reason.clone(),
        None => suspension.and_then(|it| it.reason.clone()),
    }
}

fn effective(
    token: &TokenRecord,
    profile: &Profile,
    connection: Option<&Connection>,
    clocks: Clocks,
) -> Reason {
    verdict::judge(&Facts {
        token,
        profile,
        connection,
        connection_id: token.connection,
        named_connection: None,
        environment: None,
        device: None,
        ip: None,
        now: clocks.now,
        latest: clocks.latest,
    })
}

/// What a token is, if it is there.
pub(in crate::ops) fn summary_by_id(
    r: &mut Reader<'_>,
    public: TokenId,
    now: Time,
) -> Result<Option<Summary>> {
    let Some((_, token)) = by_id(r, public)? else {
        return Ok(None);
    };
    let clocks = Clocks::new(r, now);
    summary(r, &mut ReferentCache::default(), clocks, &token).map(Some)
}

/// What a token is that has to be there.
pub(in crate::ops) fn required_summary(
    r: &mut Reader<'_>,
    id: TokenId,
    now: Time,
) -> Result<Summary> {
    summary_by_id(r, id, now)?.ok_or(Error::Bug("a token went missing"))
}
