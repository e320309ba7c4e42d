//! Delivers a token that is issued along with another change, at once or in two phases.

use super::immediate::deliver_undoing;
use super::sink::Delivery;
use super::two_phase::{TwoPhase, deliver_in_two_phases};
use crate::barrier::Writer;
use crate::core::Core;
use crate::error::Result;
use crate::model::name::ProfileName;
use crate::model::time::Time;
use crate::model::token::TokenRecord;
use crate::ops::records::occupant::SinkOwner;
use crate::ops::records::token::{Issued, by_id, revoke_undelivered};

/// Issues a token along with another change, and delivers it.
///
/// `make` receives the deadline of a pending token, and records in the token what has to be undone
/// with it. `undo` undoes the other change when a token that was already valid is revoked; it
/// receives the token's record from before the revocation.
pub(in crate::ops) fn deliver_with(
    core: &mut Core,
    to: Delivery<'_>,
    owner: &ProfileName,
    mut make: impl FnMut(&mut Writer<'_>, Option<Time>) -> Result<Issued>,
    mut undo: impl FnMut(&mut Writer<'_>, &TokenRecord) -> Result<()>,
) -> Result<Issued> {
    match to {
        Delivery::Immediate(sink) => {
            let revoke = |w: &mut Writer<'_>, id| {
                let Some((_, token)) = by_id(w, id)? else {
                    return Ok(());
                };
                revoke_undelivered(w, id)?;
                undo(w, &token)
            };
            deliver_undoing(core, sink, |w| Ok(((), make(w, None)?)), revoke).map(|it| it.1)
        }
        Delivery::Deferred(sink) => deliver_in_two_phases(core, sink, &mut Making { owner, make }),
    }
}

/// A token that `make` issues; its record names what is undone with it.
struct Making<'a, M> {
    owner: &'a ProfileName,
    make: M,
}

impl<M> TwoPhase for Making<'_, M>
where
    M: FnMut(&mut Writer<'_>, Option<Time>) -> Result<Issued>,
{
    fn owner(&self) -> SinkOwner<'_> {
        SinkOwner::Named(self.owner)
    }

    fn prepare(&mut self, w: &mut Writer<'_>, until: Time) -> Result<Issued> {
        (self.make)(w, Some(until))
    }
}
