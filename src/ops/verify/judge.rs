//! The verdict on a token.

use super::facts::{KnownToken, NamedReferents, TokenFacts};
use super::touch::due;
use super::verdict::{Asked, Judged, Verdict};
use crate::barrier::{List, Lookup, Reader, Unique};
use crate::core::Core;
use crate::error::Result;
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::token::Presenting;
use crate::model::verdict::{self, Facts, Reason};
use crate::ops::records::clocks::Clocks;
use crate::ops::records::lookup::NamedRecord as _;
use crate::ops::records::token::TokenProof;

/// Judges a presented token. Nothing is written: call [`touch`](super::touch()) after the answer.
///
/// Text that is not a token of hallpass is looked up only in a store with tokens of other systems,
/// by the same steps; elsewhere it is malformed.
///
/// # Errors
///
/// [`Error::NotFound`] if the caller names a connection or an environment that does not exist;
/// [`Error::Integrity`] and [`Error::Storage`] as for every read. A token that is not valid is a
/// verdict, not an error.
///
/// [`Error::NotFound`]: crate::Error::NotFound
/// [`Error::Integrity`]: crate::Error::Integrity
/// [`Error::Storage`]: crate::Error::Storage
pub fn judge<'a>(
    core: &mut Core,
    token: impl Into<Presenting<'a>>,
    asked: &Asked,
) -> Result<Verdict> {
    examine(core, token, asked, |_, verdict, _| Ok(verdict))
}

/// A token of the store, and the facts that it is judged by.
pub(super) struct Case<'a> {
    pub(super) token: &'a KnownToken,
    pub(super) named: &'a NamedReferents,
    pub(super) facts: Facts<'a>,
}

/// Judges a presented token and derives an answer from the verdict, in the same transaction. There is
/// no case if no token of the store was presented.
pub(super) fn examine<'a, T>(
    core: &mut Core,
    token: impl Into<Presenting<'a>>,
    asked: &Asked,
    answer: impl Fn(&mut Reader<'_>, Verdict, Option<Case<'_>>) -> Result<T>,
) -> Result<T> {
    let now = core.now();
    let proof = TokenProof::new(token);
    announce(core, proof, asked);
    core.read_again(|r| {
        let Some(read) = TokenFacts::read(r, proof, asked, now)? else {
            return answer(r, Verdict::malformed(), None);
        };
        let TokenFacts {
            token,
            named,
            clocks,
        } = &read;
        let Some(token) = token else {
            return answer(r, Verdict::nothing(Reason::Unknown), None);
        };
        let verdict = verdict_on(token, named, asked, *clocks);
        let due = due(r, proof, token, &verdict, now)?;
        let facts = facts(token, named, asked, *clocks);
        let case = Case {
            token,
            named,
            facts,
        };
        answer(r, Verdict { due, ..verdict }, Some(case))
    })
}

/// Names what the verdict looks up first, whatever was presented.
fn announce(core: &mut Core, proof: TokenProof<'_>, asked: &Asked) {
    let connection = asked.connection.as_ref().map(Connection::canonical);
    let environment = asked.environment.as_ref().map(Environment::canonical);
    let mut lookups = vec![
        Lookup::Named(proof.entry()),
        Lookup::NamedAt(List::Environments, 0),
    ];
    lookups.extend(
        connection
            .as_ref()
            .map(|name| Lookup::Named(Unique::Connection(name))),
    );
    lookups.extend(
        environment
            .as_ref()
            .map(|name| Lookup::Named(Unique::Environment(name))),
    );
    core.prefetch(&lookups);
}

/// The verdict. Reads nothing: the facts may come from a store or from memory.
pub(super) fn verdict_on(
    token: &KnownToken,
    named: &NamedReferents,
    asked: &Asked,
    clocks: Clocks,
) -> Verdict {
    let reason = verdict::judge(&facts(token, named, asked, clocks));
    // A pending token verifies as unknown, and an unknown one must not reveal details.
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
        connection: referents
            .connection
            .as_ref()
            .map(|(_, connection)| connection.name.clone()),
        environment: Some(referents.environment.name.clone()),
        device: record.device.clone(),
        expires_at: record.expires_at,
        due: None,
    }
}

/// The facts to judge by.
fn facts<'a>(
    token: &'a KnownToken,
    named: &'a NamedReferents,
    asked: &'a Asked,
    clocks: Clocks,
) -> Facts<'a> {
    let KnownToken {
        record, referents, ..
    } = token;
    // A bound token is judged by its own connection, whichever is named.
    let connection = referents.connection.as_ref().or(named.connection.as_ref());
    Facts {
        token: record,
        profile: &referents.profile,
        parent: referents.parent.as_deref(),
        connection: connection.map(|(_, connection)| &**connection),
        connection_id: connection.map(|(id, _)| *id),
        named_connection: named.connection.as_ref().map(|(id, _)| *id),
        environment: named.environment,
        device: asked.device.as_ref(),
        caller: asked.caller,
        now: clocks.now,
        latest: clocks.latest,
    }
}
