//! A call that is repeated after it was killed: what it had made waits in its sink.

use super::handover::undelivered;
use super::issue::How;
use super::pending::activate;
use super::sink::{Course, Sink};
use super::target::find_secret;
use super::{Assumed, Draft, Issued, Summary, is_live};
use crate::barrier::Reader;
use crate::error::Result;
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::id::{RecordId, TokenId};
use crate::model::profile::Profile;
use crate::model::time::Time;
use crate::model::token::{Form, Token, TokenRecord};
use crate::ops::Core;
use crate::ops::lookup::{self, Moment};

/// Lets the token be good that the sink holds, if it is the one the draft asks for and still pending.
pub(in crate::ops) fn resume(
    core: &mut Core,
    sink: &mut dyn Sink,
    draft: &Draft,
    course: &mut dyn Course,
) -> Result<Option<Issued>> {
    let Some(held) = sink.held().map_err(|source| undelivered(None, source))? else {
        return Ok(None);
    };
    let now = core.now();
    let Some(owner) = core.read(|r| waiting(r, &held, draft, now))? else { return Ok(None) };
    let id = held.id();
    let summary =
        core.write(|w| activate(w, id, |w, place, token| course.switch(w, place, token)))?;
    Ok(summary.map(|summary| finished(&held, summary, draft.form, owner)))
}

/// What comes of a delivery that is finished after a kill: the sink holds the token.
pub(super) fn finished(held: &Token, summary: Summary, form: Form, owner: RecordId) -> Issued {
    let (secret, assumed, how) = (held.spell(form), Assumed::default(), How::Finished);
    Issued { summary, secret, assumed, how, replaced: None, owner }
}

/// The token with that id, if it is what a sink holds.
pub(super) fn held_by(core: &mut Core, sink: &mut dyn Sink, id: TokenId) -> Result<Option<Token>> {
    let held = sink.held().map_err(|source| undelivered(None, source))?;
    let Some(held) = held.filter(|held| held.id() == id) else { return Ok(None) };
    let known = core.read(|r| find_secret(r, &held))?.is_some();
    Ok(known.then_some(held))
}

/// Whose token this is, if it waits to be delivered and is what the draft asks for. One that is to take
/// the place of another is finished by [`rotate`](super::rotate()), or not at all.
fn waiting(r: &mut Reader<'_>, held: &Token, draft: &Draft, now: Time) -> Result<Option<RecordId>> {
    let Some((_, token)) = find_secret(r, held)? else { return Ok(None) };
    let profile: Profile = r.require(token.owner)?;
    let waits = token.pending.is_some() && is_live(&token, &profile, Moment::new(r, now));
    let waits = waits && token.predecessor.is_none();
    Ok((waits && is_for(r, &token, &profile, draft)?).then_some(token.owner))
}

/// Whether a token is what a draft asks for, with what the draft leaves open filled in as for a new
/// one. Its end is another matter.
pub(super) fn is_for(
    r: &mut Reader<'_>,
    token: &TokenRecord,
    profile: &Profile,
    draft: &Draft,
) -> Result<bool> {
    let Draft { profile: owner, name, connection, environment, device, expires: _, .. } = draft;
    let own = profile.name.as_ref().is_some_and(|it| it.same_as(owner));
    if !own || !token.name.same_as(name) {
        return Ok(false);
    }
    let environment = match environment {
        Some(name) => lookup::named::<Environment>(r, name)?.0,
        None => lookup::default_environment(r)?.0,
    };
    let connection = match (connection, profile.restriction.as_deref()) {
        (Some(name), _) => Some(lookup::named::<Connection>(r, name)?.0),
        // One that is bound to none is good for that one alone, too.
        (None, Some([only])) if token.connection.is_some() => Some(*only),
        (None, _) => None,
    };
    let device = match (device, &token.device) {
        (Some(asked), Some(own)) => asked.same_as(own),
        (asked, own) => asked.is_none() && own.is_none(),
    };
    let ranges = draft.allow_ip.iter().all(|it| token.allow_ip.contains(it))
        && token.allow_ip.iter().all(|it| draft.allow_ip.contains(it));
    Ok(environment == token.environment && connection == token.connection && device && ranges)
}
