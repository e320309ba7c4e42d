//! The verification codes that a change stops.

use std::collections::HashMap;

use super::changed::{ChangedRecords, Pair};
use super::side::Side;
use crate::barrier::{Reader, Record, Writer};
use crate::clock::BootTime;
use crate::error::Result;
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::id::{RecordId, TokenId};
use crate::model::otp::Exchange;
use crate::model::profile::Profile;
use crate::model::token::TokenRecord;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::{code, lookup, token};

/// The number of codes that can be exchanged before the change and not after.
///
/// A code is as valid as the token it would be exchanged for.
pub(super) fn stopped(w: &mut Writer<'_>, changed: &ChangedRecords, boot: BootTime) -> Result<u32> {
    let clocks = Clocks::new(w, w.now());
    let mut count = 0;
    for (id, before) in concerned(w, changed)? {
        if changed.added.contains(&id) || !code::is_pending(&before, clocks, boot) {
            continue;
        }
        let after: Option<Exchange> = w.get(id)?;
        let still_pending = after.is_some_and(|after| code::is_pending(&after, clocks, boot));
        let (was_good, would_be) = exchangeable(w, changed, &before, clocks)?;
        count += u32::from(was_good && !(still_pending && would_be));
    }
    Ok(count)
}

/// The bindings that the change affects, as they were before it.
fn concerned(w: &mut Writer<'_>, changed: &ChangedRecords) -> Result<HashMap<RecordId, Exchange>> {
    let mut found: HashMap<RecordId, Exchange> = w.originals()?;
    for (profile, pair) in changed.judged_profiles() {
        if pair.after.deleted_at.is_none() {
            for (id, exchange) in code::exchanges_of(w, profile)? {
                found.entry(id).or_insert(exchange);
            }
        }
    }
    let connections: HashMap<_, _> = changed.judged_connections().collect();
    let gone = |id: RecordId| changed.environments.get(&id).is_some_and(is_deleted);
    if connections.is_empty() && !changed.environments.values().any(is_deleted) {
        return Ok(found);
    }
    lookup::each::<Exchange>(w, |_, id, exchange| {
        if connections.contains_key(&exchange.connection) || gone(exchange.environment) {
            found.entry(id).or_insert(exchange);
        }
        Ok(())
    })?;
    Ok(found)
}

fn is_deleted(pair: &Pair<Environment>) -> bool {
    pair.before.deleted_at.is_none() && pair.after.deleted_at.is_some()
}

/// Whether a token for this code would be valid, before and after.
fn exchangeable(
    r: &mut Reader<'_>,
    changed: &ChangedRecords,
    exchange: &Exchange,
    clocks: Clocks,
) -> Result<(bool, bool)> {
    let Exchange {
        profile,
        connection,
        environment,
        ..
    } = exchange;
    let token = TokenRecord {
        connection: Some(*connection),
        owner: *profile,
        ..token::dummy_record(TokenId::new(0), *environment, 0)?
    };
    let judge = |profile: &Profile, side_connection: &Connection| {
        let side = Side {
            token: &token,
            profile,
            parent: None,
            clocks,
        };
        side.is_valid(Some((*connection, side_connection)), None)
    };
    let (profile, profile_after) = both(r, &changed.profiles, *profile)?;
    let (connection_before, connection_after) = both(r, &changed.connections, *connection)?;
    let environments = both(r, &changed.environments, *environment)?;
    let before = environments.0.deleted_at.is_none() && judge(&profile, &connection_before);
    let after = environments.1.deleted_at.is_none() && judge(&profile_after, &connection_after);
    Ok((before, after))
}

fn both<R: Record + Clone>(
    r: &mut Reader<'_>,
    changed: &HashMap<RecordId, Pair<R>>,
    id: RecordId,
) -> Result<(R, R)> {
    if let Some(Pair { before, after }) = changed.get(&id) {
        return Ok((before.clone(), after.clone()));
    }
    let record: R = r.require(id)?;
    Ok((record.clone(), record))
}
