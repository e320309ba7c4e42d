//! The use of a token is noted, once the answer is out.

use super::verdict::{Due, Verdict};
use crate::core::Core;
use crate::model::token::{Presenting, TokenRecord};
use crate::ops::records::token::{self, TokenProof};

/// Notes that a token was used, at most once a minute, and brings its MAC under the newest key.
///
/// Skipped without a word if the store is busy or cannot be written: the answer is out already.
/// There is no audit row, and the store's latest time does not advance, so that a clock that jumped
/// for a minute does not end every token. What is an event, and has a row, is that an old token was
/// used after its window; at most once a minute, too.
pub fn touch<'a>(core: &mut Core, token: impl Into<Presenting<'a>>, verdict: &Verdict) {
    let Some(due) = verdict.due else { return };
    let proof = TokenProof::new(token);
    let Core { store, entropy, actor, .. } = core;
    let (Due::Use { at, .. } | Due::Late { at, .. }) = due;
    let noted = store.write_quietly(at, actor, &mut **entropy, |w| {
        let record = match due {
            Due::Use { record, .. } => record,
            Due::Late { rotation, .. } => return token::note_late_use(w, rotation),
        };
        let Some(mut kept) = w.get::<TokenRecord>(record)? else { return Ok(()) };
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
