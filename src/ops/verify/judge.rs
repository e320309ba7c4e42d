//! Is this token valid for this use?

use super::facts::{Candidate, NamedReferents, Referents};
use super::verdict::{Asked, Due, Verdict};
use crate::barrier::Reader;
use crate::core::Core;
use crate::error::Result;
use crate::model::id::RecordId;
use crate::model::time::Time;
use crate::model::token::{Presenting, TokenRecord};
use crate::model::verdict::Reason;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::token::{self, TokenProof};

/// Judges a token. Nothing is written: [`touch`] does that once the answer is out.
///
/// A named connection or environment that does not exist is an error, not a verdict.
///
/// What is no token of hallpass is looked up only in a store that holds tokens of other systems, by
/// the same steps; elsewhere it is malformed.
pub fn judge<'a>(
    core: &mut Core,
    token: impl Into<Presenting<'a>>,
    asked: &Asked,
) -> Result<Verdict> {
    let now = core.now();
    let proof = TokenProof::new(token);
    core.read(|r| {
        if matches!(proof, TokenProof::Import(_)) && r.imports() == 0 {
            return Ok(Verdict::malformed());
        }
        let clocks = Clocks::new(r, now);
        let named = NamedReferents::resolve(r, asked)?;
        let candidate = Candidate::load(r, proof)?;
        let (_, mac) = proof.mac(r, Some(candidate.record.mac_kid))?;
        let known = mac.ct_eq(&candidate.record.mac);
        let world = Referents::of(r, &candidate)?;
        match (known, candidate.place, world) {
            (true, Some(place), Some(world)) => {
                let reason = world.reason(&candidate.record, &named, asked, clocks);
                let verdict = world.verdict(&candidate.record, reason);
                let due = due(r, place, &candidate.record, &verdict, now)?;
                Ok(Verdict { due, ..verdict })
            }
            _ => Ok(Verdict::nothing(Reason::Unknown)),
        }
    })
}

pub(super) fn due(
    r: &mut Reader<'_>,
    place: RecordId,
    token: &TokenRecord,
    verdict: &Verdict,
    now: Time,
) -> Result<Option<Due>> {
    if !verdict.valid {
        let late = token::late_use(r, token, verdict.reason, now)?;
        return Ok(late.map(|rotation| Due::Late { rotation, at: now }));
    }
    let old_key = r.token_mac(None, &[0; 32])?.0 != token.mac_kid;
    Ok((token.is_use_new(now) || old_key).then_some(Due::Use { record: place, at: now }))
}
