//! Recovers a call that was killed and is repeated: its token is pending in its sink.

use super::sink::{DeferredSink, undelivered};
use super::two_phase::TwoPhase;
use crate::barrier::Reader;
use crate::core::Core;
use crate::error::Result;
use crate::model::id::{RecordId, TokenId};
use crate::model::profile::Profile;
use crate::model::token::{Encoding, Token};
use crate::ops::records::token::{
    Assumed, Draft, How, Issued, Summary, activate, find_secret, is_for,
};

/// Activates the token that the sink holds, if it matches the draft and is still pending.
///
/// A kill between delivery and activation leaves the secret in its sink and the token pending. The
/// repeated call finds both and only has to activate the token: no second secret is generated.
pub(in crate::ops) fn recover(
    core: &mut Core,
    sink: &mut dyn DeferredSink,
    draft: &Draft,
    steps: &mut dyn TwoPhase,
) -> Result<Option<Issued>> {
    let Some(held) = sink
        .held_token()
        .map_err(|source| undelivered(None, source))?
    else {
        return Ok(None);
    };
    let Some(owner) = core.read(|r| waiting(r, &held, draft))? else {
        return Ok(None);
    };
    let id = held.id();
    let summary = core.write(|w| {
        activate(w, id, |w, record_id, token| {
            steps.activate(w, record_id, token)
        })
    })?;
    Ok(summary.map(|summary| finished(&held, summary, draft.form, owner)))
}

/// The result of a delivery that is completed after a kill: the sink holds the token.
pub(in crate::ops) fn finished(
    held: &Token,
    summary: Summary,
    form: Encoding,
    owner: RecordId,
) -> Issued {
    let secret = held.encode(form);
    let assumed = Assumed::default();
    let how = How::Finished;
    Issued {
        summary,
        secret,
        assumed,
        how,
        replaced: None,
        owner,
    }
}

/// The token with that id, if the sink holds it.
pub(in crate::ops) fn held_by(
    core: &mut Core,
    sink: &mut dyn DeferredSink,
    id: TokenId,
) -> Result<Option<Token>> {
    let held = sink
        .held_token()
        .map_err(|source| undelivered(None, source))?;
    let Some(held) = held.filter(|held| held.id() == id) else {
        return Ok(None);
    };
    let known = core.read(|r| find_secret(r, &held))?.is_some();
    Ok(known.then_some(held))
}

/// The owner of this token, if it is pending delivery and matches the draft. A pending successor is
/// completed by [`rotate`](crate::ops::token::rotate()), or not at all.
fn waiting(r: &mut Reader<'_>, held: &Token, draft: &Draft) -> Result<Option<RecordId>> {
    let Some((_, token)) = find_secret(r, held)? else {
        return Ok(None);
    };
    let profile: Profile = r.require(token.owner)?;
    // One whose deadline has passed is removed by the write that would activate it.
    let waits = token.pending.is_some() && token.predecessor.is_none();
    Ok((waits && is_for(r, &token, &profile, draft)?).then_some(token.owner))
}
