//! Records the use of a token, after the answer.

use super::facts::KnownToken;
use super::verdict::{Due, Verdict};
use crate::barrier::Reader;
use crate::core::Core;
use crate::error::Result;
use crate::model::time::Time;
use crate::model::token::{Presenting, TokenRecord};
use crate::ops::records::token::{self, TokenProof};

/// What has to be recorded about this use, if anything.
pub(super) fn due(
    r: &mut Reader<'_>,
    token: &KnownToken,
    verdict: &Verdict,
    now: Time,
) -> Result<Option<Due>> {
    let KnownToken {
        record_id, record, ..
    } = token;
    if !verdict.valid {
        let late = token::late_use(r, record, verdict.reason, now)?;
        return Ok(late.map(|rotation| Due::Late { rotation, at: now }));
    }
    // The id of the active key is returned with a MAC of anything.
    let active_key = r.token_mac(None, &[0; 32])?.0;
    let is_due = record.is_use_new(now) || active_key != record.mac_kid;
    Ok(is_due.then_some(Due::Use {
        record: *record_id,
        at: now,
    }))
}

/// Records the use of a token, at most once a minute, and renews its MAC with the newest key.
///
/// Skipped silently if the store is busy or not writable: the answer was already given. There is no
/// audit row, and the store's latest time does not advance, so that a clock that jumps ahead for a
/// minute does not expire every token. The use of a replaced token after its overlap does have an
/// audit row, also at most once a minute.
pub fn touch<'a>(core: &mut Core, token: impl Into<Presenting<'a>>, verdict: &Verdict) {
    let Some(due) = verdict.due else { return };
    let proof = TokenProof::new(token);
    let Core {
        store,
        entropy,
        request,
        ..
    } = core;
    let (Due::Use { at, .. } | Due::Late { at, .. }) = due;
    let noted = store.write_quietly(at, &request.actor, &mut **entropy, |w| {
        let record = match due {
            Due::Use { record, .. } => record,
            Due::Late { rotation, .. } => return token::note_late_use(w, rotation),
        };
        let Some(mut kept) = w.get::<TokenRecord>(record)? else {
            return Ok(());
        };
        let (kid, mac) = proof.mac(w, None)?;
        // Another call may have recorded this use, or a later one, meanwhile.
        if !kept.note_use(at) && kid == kept.mac_kid {
            return Ok(());
        }
        kept.mac_kid = kid;
        kept.mac = *mac.bytes();
        w.put(record, &kept)
    });
    // Nobody waits for this any more, and the next use attempts it again.
    drop(noted);
}
