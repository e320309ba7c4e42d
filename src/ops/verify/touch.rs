//! The use of a token is noted, once the answer is out.

use super::facts::KnownToken;
use super::verdict::{Due, Verdict};
use crate::barrier::Reader;
use crate::core::Core;
use crate::error::Result;
use crate::model::time::Time;
use crate::model::token::{Presenting, TokenRecord};
use crate::ops::records::token::{self, TokenProof};

/// What is to be noted of this use, if anything is.
pub(super) fn due(
    r: &mut Reader<'_>,
    token: &KnownToken,
    verdict: &Verdict,
    now: Time,
) -> Result<Option<Due>> {
    let KnownToken { place, record, .. } = token;
    if !verdict.valid {
        let late = token::late_use(r, record, verdict.reason, now)?;
        return Ok(late.map(|rotation| Due::Late { rotation, at: now }));
    }
    // The id of the active key comes with a MAC of anything.
    let active_key = r.token_mac(None, &[0; 32])?.0;
    let is_due = record.is_use_new(now) || active_key != record.mac_kid;
    Ok(is_due.then_some(Due::Use {
        record: *place,
        at: now,
    }))
}

/// Notes that a token was used, at most once a minute, and brings its MAC under the newest key.
///
/// Skipped without a word if the store is busy or cannot be written: the answer is out already.
/// There is no audit row, and the store's latest time does not advance, so that a clock that jumped
/// for a minute does not end every token. What is an event, and has a row, is that an old token was
/// used after its window; at most once a minute, too.
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
        // Another call may have noted it, or a later use, meanwhile.
        if !kept.note_use(at) && kid == kept.mac_kid {
            return Ok(());
        }
        kept.mac_kid = kid;
        kept.mac = *mac.bytes();
        w.put(record, &kept)
    });
    // Nobody waits for this any more, and the next use tries again.
    drop(noted);
}
