//! Records the use of tokens, after the answer.
//!
//! In a file, a token's last use is part of its record. In a database it is kept apart, so that verdicts
//! neither wait for those who write nor make other machines read anything again. What is read of it there
//! is not covered by the manifest, so nothing that is allowed or refused depends on it: no token expires
//! because it was not used. `token revoke --unused-for` selects by it, and shows what it selected.

use std::collections::BTreeMap;

use super::due::{RecordUse, UseKind};
use super::facts::KnownToken;
use super::verdict::Verdict;
use crate::barrier::{Reader, Writer};
use crate::core::Core;
use crate::error::Result;
use crate::model::id::RecordId;
use crate::model::time::Time;
use crate::model::token::TokenRecord;
use crate::ops::records::token::{self, TokenProof};

/// What has to be recorded about this use, if anything.
pub(super) fn due(
    r: &mut Reader<'_>,
    proof: TokenProof<'_>,
    token: &KnownToken,
    verdict: &Verdict,
    now: Time,
) -> Result<Option<RecordUse>> {
    let KnownToken {
        record_id, record, ..
    } = token;
    let kind = if verdict.valid {
        let mut renewed = None;
        if r.active_token_key()? != record.mac_kid {
            let (kid, mac) = proof.mac(r, None)?;
            renewed = Some((kid, *mac.bytes()));
        }
        let is_due = record.is_use_new(now) || renewed.is_some();
        is_due.then_some(UseKind::Valid(renewed))
    } else {
        let late = token::late_use(r, record, verdict.reason, now)?;
        late.map(|_| UseKind::Late(verdict.reason))
    };
    Ok(kind.map(|kind| RecordUse {
        record: *record_id,
        at: now,
        kind,
    }))
}

/// Records the use of a token, at most once a minute, and renews its MAC with the newest key, except in a
/// database.
///
/// Skipped silently if the store is busy or not writable: the answer was already given.
pub fn touch(core: &mut Core, verdict: &Verdict) {
    let Some(due) = &verdict.due else { return };
    // Nobody waits for this any more, and the next use attempts it again.
    drop(note(core, std::slice::from_ref(due)));
}

/// Records uses in one transaction, each at most once a minute for its token and never before one
/// that is recorded. It does not wait for another writer.
///
/// There is no audit row, and the store's latest time does not advance, so that a clock that jumps
/// ahead for a minute does not expire every token. The use of a replaced token after its overlap
/// does have an audit row, also at most once a minute.
///
/// In a database, uses without an audit row are recorded in another transaction, which changes neither
/// the records nor the epoch, and may be lost if the database fails.
///
/// # Errors
///
/// Those of every write. Nothing was recorded then; in a database, some uses may have been.
pub fn note(core: &mut Core, uses: &[RecordUse]) -> Result<()> {
    if !core.store.keeps_uses_apart() {
        return note_in_records(core, uses);
    }
    let (audited, plain): (Vec<_>, Vec<_>) = uses.iter().cloned().partition(RecordUse::is_audited);
    let noted = note_in_records(core, &audited);
    note_apart(core, &plain)?;
    noted
}

fn note_apart(core: &mut Core, uses: &[RecordUse]) -> Result<()> {
    let mut latest: BTreeMap<RecordId, Time> = BTreeMap::new();
    for RecordUse { record, at, .. } in uses {
        let last = latest.entry(*record).or_insert(*at);
        *last = (*last).max(*at);
    }
    if latest.is_empty() {
        return Ok(());
    }
    let every = TokenRecord::USES_NOTED_EVERY;
    core.store.note_uses(&latest, every, &mut *core.entropy)
}

fn note_in_records(core: &mut Core, uses: &[RecordUse]) -> Result<()> {
    let Some(newest) = uses.iter().map(|noted| noted.at).max() else {
        return Ok(());
    };
    let Core {
        store,
        entropy,
        request,
        ..
    } = core;
    store.write_quietly(newest, &request.actor, &mut **entropy, |w| {
        uses.iter().try_for_each(|noted| note_one(w, noted))
    })
}

fn note_one(w: &mut Writer<'_>, noted: &RecordUse) -> Result<()> {
    let RecordUse { record, at, kind } = noted;
    let Some(mut kept) = w.get::<TokenRecord>(*record)? else {
        return Ok(());
    };
    match kind {
        UseKind::Late(reason) => {
            // Another call may have recorded it meanwhile.
            let late = token::late_use(w, &kept, *reason, *at)?;
            late.map_or(Ok(()), |rotation| token::note_late_use(w, rotation))
        }
        UseKind::Valid(renewed) => {
            // By now the newest key may be another, or the record renewed by another call.
            let active = w.active_token_key()?;
            let renewed = renewed.filter(|(kid, _)| *kid == active && *kid != kept.mac_kid);
            // Another call may have recorded this use, or a later one.
            if !kept.note_use(*at) && renewed.is_none() {
                return Ok(());
            }
            if let Some((kid, mac)) = renewed {
                kept.mac_kid = kid;
                kept.mac = mac;
            }
            w.put(*record, &kept)
        }
    }
}
