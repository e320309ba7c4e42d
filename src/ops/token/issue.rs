//! Issues tokens.

use crate::barrier::Writer;
use crate::core::Core;
use crate::error::Result;
use crate::model::audit::Action;
use crate::model::time::Time;
use crate::ops::delivery::{
    Delivery, TwoPhase, deliver_immediately, deliver_in_two_phases, recover,
};
use crate::ops::records::occupant::SinkOwner;
use crate::ops::records::token::{
    DefaultLifetime, Draft, Issued, Issuer, NAMED_IN_A_ROW, Origin, announce_issue, issue_pending,
    issue_within, journal_many,
};

/// Issues a token and delivers it.
///
/// Repeating a call that was killed after its sink had the token completes that call.
///
/// # Errors
///
/// There is no profile, connection or environment of that name; the name or the device is taken, or
/// another call is delivering a token of that name; the profile may not use the connection, or is
/// suspended; the token would expire too late, or has expired. The sink's content may not be
/// replaced, or the sink could not take the secret: then no token is valid. If a token could be
/// neither delivered nor revoked, the error reports that.
pub fn issue<'a>(core: &mut Core, draft: &Draft, to: impl Into<Delivery<'a>>) -> Result<Issued> {
    let usual = DefaultLifetime::Allowed(core.token_lifetime);
    match to.into() {
        Delivery::Immediate(sink) => {
            announce_issue(draft, |lookups| core.prefetch(lookups));
            let make = |w: &mut Writer<'_>| issue_within(w, draft, usual, Action::TokenAdd);
            deliver_immediately(core, sink, |w| Ok(((), make(w)?))).map(|it| it.1)
        }
        Delivery::Deferred(sink) => {
            let mut steps = Simple { draft, usual };
            match recover(core, sink, draft, &mut steps)? {
                Some(finished) => Ok(finished),
                None => deliver_in_two_phases(core, sink, &mut steps),
            }
        }
    }
}

/// A token without accompanying changes.
struct Simple<'a> {
    draft: &'a Draft,
    usual: DefaultLifetime,
}

impl TwoPhase for Simple<'_> {
    fn owner(&self) -> SinkOwner<'_> {
        SinkOwner::Named(&self.draft.profile)
    }

    fn announce(&self, core: &mut Core) {
        announce_issue(self.draft, |lookups| core.prefetch(lookups));
    }

    fn prepare(&mut self, w: &mut Writer<'_>, until: Time) -> Result<Issued> {
        issue_pending(w, self.draft, self.usual, until)
    }
}

/// Issues many tokens in one transaction: all of them or none.
///
/// Nothing is delivered; the returned tokens are valid at once.
///
/// # Errors
///
/// As [`issue`], for the first draft that is refused; no token is issued then.
pub fn issue_many(core: &mut Core, drafts: &[Draft]) -> Result<Vec<Issued>> {
    core.in_bulk(drafts.len(), |core| issue_all(core, drafts))
}

fn issue_all(core: &mut Core, drafts: &[Draft]) -> Result<Vec<Issued>> {
    let usual = DefaultLifetime::Allowed(core.token_lifetime);
    core.write(|w| {
        let mut rules = Issuer::new(w, usual);
        let issued = drafts
            .iter()
            .map(|draft| rules.make(w, draft, Origin::default()))
            .collect::<Result<Vec<_>>>()?;
        rules.finish(w)?;
        for some in issued.chunk_by(|a, b| a.owner == b.owner) {
            some.chunks(NAMED_IN_A_ROW)
                .try_for_each(|row| journal_many(w, row))?;
        }
        Ok(issued)
    })
}
