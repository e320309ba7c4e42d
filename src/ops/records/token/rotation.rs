//! Rotation records: which token replaced which, and for which request.

use super::find::by_id;
use crate::barrier::{Reader, Unique, Writer};
use crate::error::{Error, Result};
use crate::model::audit::{Action, Outcome};
use crate::model::id::{RecordId, TokenId};
use crate::model::name::RequestId;
use crate::model::profile::Profile;
use crate::model::time::Time;
use crate::model::token::{Rotation, TokenRecord};
use crate::model::verdict::Reason;
use crate::ops::records::journal::{self, LogFacts};

/// The minimum interval between two records of late use of an old token, in seconds.
const NOTED_EVERY: i64 = 60;

/// Removes the record that a token was replaced.
pub(in crate::ops) fn forget_rotation(w: &mut Writer<'_>, old: TokenId) -> Result<()> {
    let Some((kept, _)) = rotation(w, old)? else {
        return Ok(());
    };
    w.unindex(Unique::Rotation(old))?;
    w.remove(kept)
}

/// Passes the rotation on to the next successor when the token that replaced `old` is removed after
/// being replaced itself. Its request id is dropped: the removed token was the answer to it.
pub(in crate::ops) fn pass_on_rotation(
    w: &mut Writer<'_>,
    old: TokenId,
    to: TokenId,
) -> Result<()> {
    let Some((kept, rotation)) = rotation(w, old)? else {
        return Ok(());
    };
    w.put(
        kept,
        &Rotation {
            successor: to,
            request: None,
            ..rotation
        },
    )
}

pub(super) fn rotation(r: &mut Reader<'_>, old: TokenId) -> Result<Option<(RecordId, Rotation)>> {
    let Some(record_id) = r.find(Unique::Rotation(old))? else {
        return Ok(None);
    };
    let rotation: Rotation = r.require(record_id)?;
    if rotation.predecessor != old {
        return Err(Error::Integrity(
            "a token's id points to another rotation".to_owned(),
        ));
    }
    Ok(Some((record_id, rotation)))
}

/// Looks a request id up: returns the token issued for it, anywhere in the chain of successors.
pub(in crate::ops) fn answered(
    r: &mut Reader<'_>,
    token: &TokenRecord,
    request: Option<&RequestId>,
) -> Result<Option<(RequestId, TokenId)>> {
    let Some(request) = request else {
        return Ok(None);
    };
    let mut newest = token.clone();
    while let Some(successor) = newest.successor {
        let Some((_, next)) = by_id(r, successor)? else {
            break;
        };
        newest = next;
    }
    let mut older = newest.predecessor;
    while let Some(id) = older {
        if let Some((_, rotation)) = rotation(r, id)?
            && rotation
                .request
                .as_ref()
                .is_some_and(|other| other.same_as(request))
        {
            return Ok(Some((request.clone(), rotation.successor)));
        }
        older = by_id(r, id)?.and_then(|(_, token)| token.predecessor);
    }
    Ok(None)
}

/// The rotation record in which late use of an old token is to be recorded, if that is due.
pub(in crate::ops) fn late_use(
    r: &mut Reader<'_>,
    token: &TokenRecord,
    reason: Reason,
    now: Time,
) -> Result<Option<RecordId>> {
    let over = matches!(reason, Reason::Expired | Reason::Revoked);
    if !over || token.successor.is_none() {
        return Ok(None);
    }
    let Some((record_id, rotation)) = rotation(r, token.public)? else {
        return Ok(None);
    };
    let due = |last: Time| now.seconds() - last.seconds() >= NOTED_EVERY;
    Ok(rotation.late_use_at.is_none_or(due).then_some(record_id))
}

/// Logs that an old token was used after its end. Its successor is not affected.
pub(in crate::ops) fn note_late_use(w: &mut Writer<'_>, rotation: RecordId) -> Result<()> {
    let Some(mut kept) = w.get::<Rotation>(rotation)? else {
        return Ok(());
    };
    let Some((_, old)) = by_id(w, kept.predecessor)? else {
        return Ok(());
    };
    kept.late_use_at = kept.late_use_at.max(Some(w.now()));
    w.put(rotation, &kept)?;
    let profile: Profile = w.require(old.owner)?;
    let facts = LogFacts::new()
        .of(old.owner, profile.name.as_ref())
        .with("successor", Some(kept.successor))
        .with(
            "ended_at",
            old.revoked
                .as_ref()
                .map(|revocation| revocation.at)
                .or(old.expires_at),
        );
    w.audit_outcome(
        Action::TokenLateUse,
        Outcome::Refused,
        journal::token(&old),
        facts.into(),
    )
}
