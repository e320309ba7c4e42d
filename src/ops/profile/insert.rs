//! Adds a profile within a transaction.

use super::address;
use super::draft::Draft;
use super::journal::journal_as;
use super::membership::{connection_ids, sorted};
use crate::barrier::{List, Unique, Writer};
use crate::error::Result;
use crate::model::audit::Action;
use crate::model::id::RecordId;
use crate::model::password::Password;
use crate::model::profile::{Failures, Profile};
use crate::model::token::SessionBudget;
use crate::ops::records::journal::{LogFacts, listed};
use crate::ops::records::lookup;

/// Adds a profile within a transaction, with a password that is already hashed.
pub(in crate::ops) fn insert(
    w: &mut Writer<'_>,
    draft: &Draft,
    password: Option<Password>,
) -> Result<(RecordId, Profile)> {
    // The password's text was hashed into `prepared` and is not used here.
    let Draft {
        name,
        email,
        description,
        connections,
        groups,
        password: _,
    } = draft;
    lookup::ensure_free::<Profile>(w, name)?;
    let restriction = connection_ids(w, connections)?;
    let id = w.fresh_id()?;
    let mut profile = Profile {
        name: Some(name.clone()),
        email: email.clone(),
        description: description.clone(),
        groups: sorted(groups.clone()),
        restriction: (!restriction.is_empty()).then_some(restriction),
        suspended: None,
        password,
        failures: Failures::default(),
        created_at: w.now(),
        updated_at: w.now(),
        deleted_at: None,
        tokens: 0,
        position: w.enlist(List::Profiles, id)?,
        address: None,
        generated: Vec::new(),
        sessions: SessionBudget::default(),
    };
    address::enter(w, id, &mut profile)?;
    w.index(Unique::Profile(&name.canonical()), id)?;
    w.put(id, &profile)?;
    journal_as(w, Action::ProfileAdd, id, &profile, facts(draft, &profile))?;
    Ok((id, profile))
}

fn facts(draft: &Draft, profile: &Profile) -> LogFacts {
    let some = |list: String| (!list.is_empty()).then_some(list);
    LogFacts::new()
        .with("email", profile.email.as_ref())
        .with("description", profile.description.as_ref())
        .with(
            "connections",
            some(listed(&draft.connections)).or_else(|| Some("any".to_owned())),
        )
        .with("groups", some(listed(&profile.groups)))
        .with("password", profile.password.as_ref().map(|_| "set"))
}
