//! Suspends and resumes tokens.

use super::selection::Selection;
use crate::barrier::{Tombstone, Writer};
use crate::core::Core;
use crate::error::{Refusal, Result};
use crate::model::audit::Action;
use crate::model::profile::Profile;
use crate::model::token::{TokenAddress, TokenRecord, TokenState};
use crate::ops::edit::Changed;
use crate::ops::records::cache::ReferentCache;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::journal::{self, LogFacts};
use crate::ops::records::token::{Summary, state, summary};
use crate::ops::suspension::Suspend;

/// Suspends tokens, all in one transaction.
///
/// # Errors
///
/// There is no such token, or one of them is revoked or expired; or the suspension's expiry is in
/// the past.
pub fn suspend<'a>(
    core: &mut Core,
    which: impl Into<Selection<'a>>,
    how: &Suspend,
) -> Result<Vec<Changed<Summary>>> {
    each(core, which.into(), Action::TokenSuspend, |token, clocks| {
        let after = how.over(token.suspended.as_ref(), clocks.now)?;
        let facts = LogFacts::new()
            .with("reason", after.reason.as_ref())
            .with("until", after.until);
        let changed = token.suspended.as_ref() != Some(&after);
        token.suspended = Some(after);
        Ok(changed.then_some(facts))
    })
}

/// Resumes suspended tokens. The state of their profile is unaffected.
///
/// # Errors
///
/// There is no such token, or one of them is revoked or expired.
pub fn resume<'a>(
    core: &mut Core,
    which: impl Into<Selection<'a>>,
) -> Result<Vec<Changed<Summary>>> {
    each(core, which.into(), Action::TokenResume, |token, clocks| {
        let before = token
            .suspended
            .take()
            .filter(|suspension| suspension.holds(clocks.now));
        Ok(before.map(|suspension| LogFacts::new().with("suspended_at", Some(suspension.at))))
    })
}

/// Changes each selected token; `change` returns the audit facts, or that nothing had to be
/// changed.
fn each(
    core: &mut Core,
    which: Selection<'_>,
    action: Action,
    change: impl Fn(&mut TokenRecord, Clocks) -> Result<Option<LogFacts>>,
) -> Result<Vec<Changed<Summary>>> {
    which.change(core, |w, chosen, step| {
        let clocks = Clocks::new(w, w.now());
        let mut cache = ReferentCache::default();
        let mut changed = Vec::with_capacity(chosen.len());
        for id in chosen {
            let mut token: TokenRecord = w.require(*id)?;
            let profile = cache.profiles.open(w, token.owner)?;
            ensure_not_ended(&token, &profile, clocks)?;
            let facts = change(&mut token, clocks)?;
            if let Some(facts) = &facts {
                w.put(*id, &token)?;
                w.record_tombstone(match &token.suspended {
                    Some(suspension) => Tombstone::suspended(*id, suspension.until),
                    None => Tombstone::resumed(*id),
                });
                journal_as(w, action, &token, facts, &profile)?;
            }
            let summary = summary(w, &mut cache, clocks, (*id, &token))?;
            changed.push(if facts.is_some() {
                Changed::made(summary)
            } else {
                Changed::already(summary)
            });
            step();
        }
        Ok(changed)
    })
}

fn ensure_not_ended(token: &TokenRecord, profile: &Profile, clocks: Clocks) -> Result<()> {
    let state = state(token, profile, clocks);
    match state {
        TokenState::Revoked | TokenState::Expired => {
            Err(Refusal::TokenEnded(TokenAddress::Id(token.public), state.word()).into())
        }
        _ => Ok(()),
    }
}

fn journal_as(
    w: &mut Writer<'_>,
    action: Action,
    token: &TokenRecord,
    facts: &LogFacts,
    profile: &Profile,
) -> Result<()> {
    let facts = facts.clone().of(token.owner, profile.name.as_ref());
    w.audit(action, journal::token(token), facts.into())
}
