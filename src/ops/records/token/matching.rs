//! Whether a token matches a draft.

use super::draft::Draft;
use crate::barrier::Reader;
use crate::error::Result;
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::profile::Profile;
use crate::model::token::TokenRecord;
use crate::ops::records::lookup;

/// Whether a token matches a draft, with the same defaults as for a new token. The expiry is not
/// compared.
pub(in crate::ops) fn is_for(
    r: &mut Reader<'_>,
    token: &TokenRecord,
    profile: &Profile,
    draft: &Draft,
) -> Result<bool> {
    let Draft {
        profile: owner,
        name,
        connection,
        environment,
        device,
        expires: _,
        ..
    } = draft;
    let own = profile
        .name
        .as_ref()
        .is_some_and(|name| name.same_as(owner));
    if !own || !token.name.same_as(name) {
        return Ok(false);
    }
    let environment = match environment {
        Some(name) => lookup::named::<Environment>(r, name)?.0,
        None => lookup::default_environment(r)?.0,
    };
    let connection = match (connection, profile.restriction.as_deref()) {
        (Some(name), _) => Some(lookup::named::<Connection>(r, name)?.0),
        // A token bound to none is valid for that one only, too.
        (None, Some([only])) if token.connection.is_some() => Some(*only),
        (None, _) => None,
    };
    let device = match (device, &token.device) {
        (Some(asked), Some(own)) => asked.same_as(own),
        (asked, own) => asked.is_none() && own.is_none(),
    };
    let ranges = draft
        .allow_ip
        .iter()
        .all(|range| token.allow_ip.contains(range))
        && token
            .allow_ip
            .iter()
            .all(|range| draft.allow_ip.contains(range));
    Ok(environment == token.environment && connection == token.connection && device && ranges)
}
