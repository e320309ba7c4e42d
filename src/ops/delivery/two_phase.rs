//! A token is made pending, delivered with no lock held, and then activated; whatever fails, it was
//! never valid.

use std::io;

use super::inspect::prepare;
use super::rollback::{put_back, put_back_refused};
use super::sink::DeferredSink;
use crate::barrier::Writer;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::model::id::{RecordId, TokenId};
use crate::model::time::Time;
use crate::model::token::{TokenRecord, TokenState};
use crate::ops::records::occupant::SinkOwner;
use crate::ops::records::token::{
    Issued, Summary, UNDELIVERED, activate, by_id, deadline, remove_undelivered,
    revoke_undelivered, summary_by_id,
};

/// What a pending token brings with it, phase by phase; each is part of a transaction.
pub(in crate::ops) trait TwoPhase {
    /// Whose secret it is, so that what the sink holds can be told apart from anything else.
    fn owner(&self) -> SinkOwner<'_>;

    /// The first transaction: makes the token, pending until then.
    fn prepare(&mut self, w: &mut Writer<'_>, until: Time) -> Result<Issued>;

    /// The second transaction: what else happens when the token becomes valid.
    fn activate(&mut self, _: &mut Writer<'_>, _: RecordId, _: &TokenRecord) -> Result<()> {
        Ok(())
    }

    /// In place of the second: what else is undone when it was not delivered.
    fn abort(&mut self, _: &mut Writer<'_>) -> Result<()> {
        Ok(())
    }
}

/// Makes a pending token, delivers it, and activates it; whatever fails, it never becomes valid.
///
/// A sink may be a program that takes minutes, or that uses the store. So no transaction is open while
/// it is at work: the token holds its name meanwhile, verifies as unknown, and carries a deadline after
/// which any write removes it.
pub(in crate::ops) fn deliver_in_two_phases(
    core: &mut Core,
    sink: &mut dyn DeferredSink,
    steps: &mut dyn TwoPhase,
) -> Result<Issued> {
    // Before anything is made: what the sink holds may have to stay.
    let found = prepare(core, sink, steps.owner())?;
    let until = deadline(core.now(), sink.patience());
    let mut issued = core.write(|w| steps.prepare(w, until))?;
    issued.replaced = found.occupant;
    let id = issued.summary.id;
    if let Err(source) = sink.deliver(&issued.secret, found.content()) {
        // The store first: once the token is gone, nothing that the sink may still hold can become valid.
        discard(core, id, steps);
        return Err(put_back(sink, source));
    }
    match core.write(|w| activate(w, id, |w, place, token| steps.activate(w, place, token))) {
        Ok(Some(summary)) => issued.summary = summary,
        // Another write has removed it after its deadline, or somebody has revoked it.
        Ok(None) => {
            discard(core, id, steps);
            let meanwhile = "it took too long, or was revoked meanwhile";
            return Err(put_back(sink, io::Error::other(meanwhile)));
        }
        Err(failure) => issued.summary = after_failure(core, sink, steps, id, failure)?,
    }
    Ok(issued)
}

/// A commit that failed may have taken effect all the same: then the token is valid, and its sink has
/// it. Where that cannot be seen, the sink keeps it too: what is pending there never becomes valid,
/// unless the call is repeated.
fn after_failure(
    core: &mut Core,
    sink: &mut dyn DeferredSink,
    steps: &mut dyn TwoPhase,
    id: TokenId,
    failure: Error,
) -> Result<Summary> {
    let now = core.now();
    match core.read(|r| summary_by_id(r, id, now)) {
        Ok(Some(token)) if token.state != TokenState::Pending => Ok(token),
        Ok(_) => {
            discard(core, id, steps);
            Err(match failure {
                refused @ Error::Refused(_) => put_back_refused(sink, refused),
                failure => put_back(sink, io::Error::other(failure)),
            })
        }
        Err(_) => Err(failure),
    }
}

/// Removes what was not delivered.
pub(in crate::ops) fn discard(core: &mut Core, id: TokenId, steps: &mut dyn TwoPhase) {
    let done = core.write(|w| {
        let pending = match by_id(w, id)? {
            Some((place, token)) if token.pending.is_some() => {
                remove_undelivered(w, place, UNDELIVERED)?;
                true
            }
            found => found.is_none(),
        };
        if pending {
            steps.abort(w)?;
        }
        Ok(pending)
    });
    if let Ok(false) = done {
        // A second call has found it in the sink before the sink failed.
        drop(core.write(|w| revoke_undelivered(w, id)));
    }
    // What could not be removed is not valid either, and is removed when its time is over.
}
