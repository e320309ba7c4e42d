//! The verdict on a token, of the facts alone.

use super::facts::{KnownToken, NamedReferents, TokenFacts};
use super::touch::due;
use super::verdict::{Asked, Judged, Verdict};
use crate::core::Core;
use crate::error::Result;
use crate::model::token::Presenting;
use crate::model::verdict::{self, Facts, Reason};
use crate::ops::records::clocks::Clocks;
use crate::ops::records::token::TokenProof;

/// Judges a token. Nothing is written: [`touch`](super::touch()) does that once the answer is out.
///
/// What is no token of hallpass is looked up only in a store that holds tokens of other systems, by
/// the same steps; elsewhere it is malformed.
///
/// # Errors
///
/// A token that is not valid is a verdict, not an error. [`Error::NotFound`] if a connection or
/// an environment is named that does not exist; [`Error::Integrity`] and
/// [`Error::Storage`] as for every reading.
///
/// [`Error::NotFound`]: crate::Error::NotFound
/// [`Error::Integrity`]: crate::Error::Integrity
/// [`Error::Storage`]: crate::Error::Storage
pub fn judge<'a>(
    core: &mut Core,
    token: impl Into<Presenting<'a>>,
    asked: &Asked,
) -> Result<Verdict> {
    let now = core.now();
    let proof = TokenProof::new(token);
    core.read(|r| {
        let Some(facts) = TokenFacts::read(r, proof, asked, now)? else {
            return Ok(Verdict::malformed());
        };
        let TokenFacts {
            token,
            named,
            clocks,
        } = &facts;
        let Some(token) = token else {
            return Ok(Verdict::nothing(Reason::Unknown));
        };
        let verdict = verdict_on(token, named, asked, *clocks);
        let due = due(r, token, &verdict, now)?;
        Ok(Verdict { due, ..verdict })
    })
}

/// Reads nothing: the facts may come from a store or from memory.
fn verdict_on(
    token: &KnownToken,
    named: &NamedReferents,
    asked: &Asked,
    clocks: Clocks,
) -> Verdict {
    let reason = reason(token, named, asked, clocks);
    // A pending token verifies as unknown, and an unknown one has nothing to tell.
    if reason == Reason::Unknown {
        return Verdict::nothing(reason);
    }
    let KnownToken {
        record, referents, ..
    } = token;
    Verdict {
        valid: reason == Reason::Valid,
        reason,
        exit: reason.exit(),
        token: Some(Judged {
            id: record.public,
            name: record.name.clone(),
        }),
        profile: referents.profile.name.clone(),
        connection: referents.connection.as_ref().map(|(_, it)| it.name.clone()),
        environment: Some(referents.environment.name.clone()),
        device: record.device.clone(),
        expires_at: record.expires_at,
        due: None,
    }
}

fn reason(token: &KnownToken, named: &NamedReferents, asked: &Asked, clocks: Clocks) -> Reason {
    let KnownToken {
        record, referents, ..
    } = token;
    // A token that is bound to a connection is judged by its own, whichever is named.
    let connection = referents.connection.as_ref().or(named.connection.as_ref());
    verdict::judge(&Facts {
        token: record,
        profile: &referents.profile,
        connection: connection.map(|(_, it)| it),
        connection_id: connection.map(|(id, _)| *id),
        named_connection: named.connection.as_ref().map(|(id, _)| *id),
        environment: named.environment,
        device: asked.device.as_ref(),
        ip: asked.ip,
        now: clocks.now,
        latest: clocks.latest,
    })
}
