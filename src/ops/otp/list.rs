//! Lists codes.

use std::rc::Rc;

use super::summary::{BindingNames, Summary, summary_of};
use crate::barrier::Reader;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::model::name::ProfileName;
use crate::model::otp::{CodeState, Exchange};
use crate::model::profile::Profile;
use crate::ops::records::cache::ReferentCache;
use crate::ops::records::code::{CodeClocks, exchanges_of};
use crate::ops::records::lookup;

/// The codes of a profile, or of all, newest first: those that are pending or whose mail may never
/// have been sent. With `ended`, also the remaining records of the last day.
///
/// # Errors
///
/// There is no profile of that name.
pub fn list(core: &mut Core, profile: Option<&ProfileName>, ended: bool) -> Result<Vec<Summary>> {
    let now = core.now();
    let boot = core.clock.boot();
    core.read(|r| {
        let clocks = CodeClocks::new(r, now, boot);
        let mut cache = ReferentCache::default();
        let mut codes = Vec::new();
        let mut add = |r: &mut Reader<'_>, exchange: &Exchange| {
            add(r, &mut cache, exchange, clocks, &mut codes)
        };
        match profile {
            None => lookup::each::<Exchange>(r, |r, _, exchange| add(r, &exchange))?,
            Some(name) => {
                let (id, _) = lookup::named::<Profile>(r, name)?;
                for (_, exchange) in exchanges_of(r, id)? {
                    add(r, &exchange)?;
                }
            }
        }
        codes.retain(|code| ended || is_open(code));
        codes.sort_by_key(|code| (std::cmp::Reverse(code.created_at), code.id));
        Ok(codes)
    })
}

/// As [`list`], restricted to the codes in a state, of all that are kept.
///
/// # Errors
///
/// There is no profile of that name.
pub fn list_in(
    core: &mut Core,
    profile: Option<&ProfileName>,
    state: CodeState,
) -> Result<Vec<Summary>> {
    let mut codes = list(core, profile, true)?;
    codes.retain(|code| code.state == state);
    Ok(codes)
}

/// Whether somebody may still be waiting for it.
fn is_open(code: &Summary) -> bool {
    let lost = matches!(code.delivery, "queued" | "failed" | "uncertain");
    match code.state {
        CodeState::Pending => true,
        CodeState::Undelivered | CodeState::Expired => lost,
        _ => false,
    }
}

fn add(
    r: &mut Reader<'_>,
    cache: &mut ReferentCache,
    exchange: &Exchange,
    clocks: CodeClocks,
    codes: &mut Vec<Summary>,
) -> Result<()> {
    let profile: Rc<Profile> = cache.profiles.open(r, exchange.profile)?;
    let connection = cache.connections.open(r, exchange.connection)?;
    let environment = cache.environments.open(r, exchange.environment)?;
    let names = BindingNames {
        profile: profile
            .name
            .as_ref()
            .ok_or(Error::Bug("a deleted profile has codes"))?,
        connection: &connection.name,
        environment: &environment.name,
    };
    let gone = connection.deleted_at.is_some() || environment.deleted_at.is_some();
    codes.extend(exchange.codes.iter().map(|code| {
        let mut shown = summary_of(code, &names, clocks);
        if gone && shown.state == CodeState::Pending {
            shown.state = CodeState::Cancelled;
        }
        shown
    }));
    Ok(())
}
