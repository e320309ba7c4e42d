//! Removes the records of tokens that have ended.

use super::find::by_id;
use super::names::release_names;
use super::rotation::{forget_rotation, pass_on_rotation};
use super::session_queue::leave_queue;
use crate::barrier::{List, Tombstone, Unique, Writer};
use crate::error::Result;
use crate::model::audit::Action;
use crate::model::id::RecordId;
use crate::model::profile::Profile;
use crate::model::token::TokenRecord;
use crate::ops::records::journal::{self, LogFacts};

/// Removes a token that has ended, and what points to it; returns its profile, whose count of tokens
/// is to be stored by [`store_owner`].
pub(in crate::ops) fn remove_ended(
    w: &mut Writer<'_>,
    id: RecordId,
    token: &TokenRecord,
) -> Result<Profile> {
    let mut profile: Profile = w.require(token.owner)?;
    release_names(w, id, token)?;
    w.unindex(Unique::Token(token.public))?;
    if let Some(digest) = &token.imported {
        w.unindex(Unique::Import(digest))?;
        w.discount_import();
    }
    leave_queue(w, token)?;
    unlink(w, token)?;
    let tokens = profile.tokens;
    let position = token.position;
    w.pull::<TokenRecord>(List::TokensOf(token.owner), tokens, position, |record| {
        &mut record.position
    })?;
    w.remove(id)?;
    profile.tokens = tokens.saturating_sub(1);
    Ok(profile)
}

/// Stores a profile that has fewer tokens now. A deleted one is removed with its last token.
pub(in crate::ops) fn store_owner(
    w: &mut Writer<'_>,
    owner: RecordId,
    profile: &Profile,
) -> Result<()> {
    if profile.tokens > 0 || profile.deleted_at.is_none() {
        return w.put(owner, profile);
    }
    w.record_tombstone(Tombstone::deleted(owner));
    w.audit(
        Action::ProfilePrune,
        journal::profile(owner, profile),
        LogFacts::new().into(),
    )?;
    w.remove(owner)
}

/// Links the predecessor of a removed token to its successor, so that the chain is not broken. A
/// replaced token must never look as if it still had its name.
fn unlink(w: &mut Writer<'_>, token: &TokenRecord) -> Result<()> {
    forget_rotation(w, token.public)?;
    if let Some(id) = token.predecessor
        && let Some((record_id, mut old)) = by_id(w, id)?
        && old.successor == Some(token.public)
    {
        match token.successor {
            Some(successor) => pass_on_rotation(w, id, successor)?,
            None => forget_rotation(w, id)?,
        }
        old.successor = token.successor.or(old.successor);
        w.put(record_id, &old)?;
    }
    let Some(successor) = token.successor else {
        return Ok(());
    };
    let Some((record_id, mut new)) = by_id(w, successor)? else {
        return Ok(());
    };
    if new.predecessor == Some(token.public) {
        new.predecessor = token.predecessor;
        w.put(record_id, &new)?;
    }
    Ok(())
}
