//! Issues a token within a transaction.

use super::draft::Draft;
use super::issued::Issued;
use super::issuer::{Issuer, Origin};
use super::journal::journal_one;
use super::term::DefaultLifetime;
use crate::barrier::{List, Lookup, Unique, Writer};
use crate::error::Result;
use crate::model::audit::Action;
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::time::Time;
use crate::model::token::Pending;
use crate::ops::records::lookup::NamedRecord as _;

/// How many environments a store has, as a rule.
const USUAL: u64 = 4;

/// Hands on what the transaction that issues a token looks up first.
pub(in crate::ops) fn announce_issue(draft: &Draft, announce: impl FnOnce(&[Lookup<'_>])) {
    let owner = draft.profile.canonical();
    let connection = draft.connection.as_ref().map(Connection::canonical);
    let environment = draft.environment.as_ref().map(Environment::canonical);
    let mut lookups = vec![Lookup::Named(Unique::Profile(&owner))];
    lookups.extend(
        connection
            .as_ref()
            .map(|name| Lookup::Named(Unique::Connection(name))),
    );
    match &environment {
        Some(name) => lookups.push(Lookup::Named(Unique::Environment(name))),
        None => lookups.extend((0..USUAL).map(|n| Lookup::NamedAt(List::Environments, n))),
    }
    announce(&lookups);
}

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
