//! Exchanges a code for a token whose delivery the caller watches itself: over a network.
//!
//! The token is made *pending*, and the caller sends all of it but the end. Then it is activated,
//! and the end follows. Whatever fails on the way, the token does not stay valid, and the code is
//! restored by the rules of a failed delivery. No connection to the store is held while the network
//! has its time.

use super::answer::{Answer, Refused, Submission, WhyNot};
use super::attempt::{Debited, debit, draft, use_up};
use super::disclosure::is_for_operators;
use super::validate::{fail, refused};
use crate::barrier::Writer;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::model::id::{CodeId, RecordId, TokenId};
use crate::model::token::TokenState;
use crate::ops::records::code::{self, CodeClocks};
use crate::ops::records::token::{
    self, DefaultLifetime, Issued, UNDELIVERED, by_id, deadline, remove_undelivered,
    revoke_undelivered, summary_by_id,
};

/// The result of a submission whose token is delivered by the caller.
#[derive(Debug)]
pub enum Prepared {
    /// The code was correct; this is the token, which is pending.
    Pending(Box<Issued>, Receipt),
    /// The code is not valid.
    Refused(Refused),
}

/// A token that is being delivered, and the code that it was exchanged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// The token.
    pub token: TokenId,
    code: (RecordId, CodeId),
}

/// Exchanges a code for a token that is not valid yet: [`activate`] makes it valid, [`withdraw`]
/// undoes the exchange. Without either, the token is removed when its deadline has passed, a few
/// seconds after the `patience` of the delivery, in seconds.
///
/// As with [`validate`](super::validate()), a code that is not valid takes two transactions.
///
/// # Errors
///
/// As [`validate`](super::validate()), but for the delivery.
pub fn prepare(core: &mut Core, submission: &Submission, patience: u32) -> Result<Prepared> {
    let boot = core.clock.boot();
    let found = match core.write(|w| debit(w, submission, boot))? {
        Debited::Comparable(found) => found,
        Debited::Closed(error) => {
            fail(core, &submission.binding, error.kind().word())?;
            return Err(error);
        }
        Debited::Nothing(reason) => return refusal(core, submission, reason),
    };
    if !found.matches() {
        return refusal(core, submission, WhyNot::WrongCode);
    }
    let usual = DefaultLifetime::Allowed(core.token_lifetime);
    let until = deadline(core.now(), patience);
    let mut lost = None;
    let made = core.write(|w| {
        let clocks = CodeClocks::new(w, w.now(), boot);
        match draft(w, &found, submission, clocks)? {
            Ok(draft) => use_up(w, &found, draft, usual, Some(until)),
            Err(state) => {
                // Nothing is committed; the state is kept here.
                lost = Some(state);
                Err(Error::Stopped)
            }
        }
    });
    match (made, lost) {
        (_, Some(state)) => refusal(core, submission, WhyNot::of(state)),
        (Ok(issued), None) => {
            let receipt = Receipt {
                token: issued.summary.id,
                code: found.place(),
            };
            Ok(Prepared::Pending(Box::new(issued), receipt))
        }
        (Err(error), None) => {
            if is_for_operators(&error) {
                fail(core, &submission.binding, error.kind().word())?;
            }
            Err(error)
        }
    }
}

fn refusal(core: &mut Core, submission: &Submission, reason: WhyNot) -> Result<Prepared> {
    match refused(core, submission, reason)? {
        Answer::Refused(refused) => Ok(Prepared::Refused(refused)),
        Answer::Exchanged(_) => Err(Error::Bug("a refusal was an exchange")),
    }
}

/// What became of a pending token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activated {
    /// It is valid.
    Valid,
    /// It was revoked meanwhile, or removed after its deadline.
    Gone,
}

/// Makes a token valid that was delivered but for its end.
///
/// # Errors
///
/// The store could not be read or written; the token is not valid, unless that cannot be found out:
/// then [`withdraw`] is the way to be sure.
pub fn activate(core: &mut Core, receipt: Receipt) -> Result<Activated> {
    let id = receipt.token;
    match core.write(|w| token::activate(w, id, |_, _, _| Ok(()))) {
        Ok(Some(_)) => Ok(Activated::Valid),
        Ok(None) => Ok(Activated::Gone),
        Err(failure) => {
            // A failed commit may have taken effect after all.
            let now = core.now();
            let found = core.read(|r| summary_by_id(r, id, now));
            let state = found.ok().flatten().map(|token| token.state);
            match state {
                Some(state) if state.is_live() && state != TokenState::Pending => {
                    Ok(Activated::Valid)
                }
                _ => Err(failure),
            }
        }
    }
}

/// Undoes an exchange whose token was not delivered: a pending token is removed, a valid one
/// revoked, and the code is restored.
///
/// # Errors
///
/// The store could not be read or written. A pending token is removed after its deadline then; a
/// valid one stays valid.
pub fn withdraw(core: &mut Core, receipt: Receipt) -> Result<()> {
    core.write(|w| withdraw_within(w, receipt))
}

fn withdraw_within(w: &mut Writer<'_>, receipt: Receipt) -> Result<()> {
    let Receipt { token, code } = receipt;
    match by_id(w, token)? {
        Some((record, token)) if token.pending.is_some() => {
            remove_undelivered(w, record, UNDELIVERED)
        }
        Some((_, record)) => {
            revoke_undelivered(w, token)?;
            code::restore_used(w, code, &record).map(drop)
        }
        None => Ok(()),
    }
}
