//! Issues a token within a transaction.

use super::draft::Draft;
use super::issued::Issued;
use super::issuer::{Issuer, Origin};
use super::journal::journal_one;
use super::term::DefaultLifetime;
use crate::barrier::Writer;
use crate::error::Result;
use crate::model::audit::Action;
use crate::model::time::Time;
use crate::model::token::Pending;

/// Issues a token within a transaction, logged as `action`.
pub(in crate::ops) fn issue_within(
    w: &mut Writer<'_>,
    draft: &Draft,
    usual: DefaultLifetime,
    action: Action,
) -> Result<Issued> {
    issue_as(w, draft, usual, action, Origin::default())
}

/// As [`issue_within`], pending until that time.
pub(in crate::ops) fn issue_pending(
    w: &mut Writer<'_>,
    draft: &Draft,
    usual: DefaultLifetime,
    until: Time,
) -> Result<Issued> {
    issue_delivering(
        w,
        draft,
        usual,
        Action::TokenAdd,
        Some(Pending::until(until)),
    )
}

/// As [`issue_within`], pending if its sink is deferred.
pub(in crate::ops) fn issue_delivering(
    w: &mut Writer<'_>,
    draft: &Draft,
    usual: DefaultLifetime,
    action: Action,
    pending: Option<Pending>,
) -> Result<Issued> {
    issue_as(
        w,
        draft,
        usual,
        action,
        Origin {
            pending,
            ..Origin::default()
        },
    )
}

fn issue_as(
    w: &mut Writer<'_>,
    draft: &Draft,
    usual: DefaultLifetime,
    action: Action,
    origin: Origin<'_>,
) -> Result<Issued> {
    let mut rules = Issuer::new(w, usual);
    let issued = rules.make(w, draft, origin)?;
    rules.finish(w)?;
    journal_one(w, &issued, action)?;
    Ok(issued)
}
