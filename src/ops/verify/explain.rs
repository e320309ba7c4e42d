//! The explanation of a verdict, for an operator.

use super::facts::NamedReferents;
use super::judge::{Case, examine};
use super::verdict::{Asked, Explained};
use crate::barrier::Reader;
use crate::core::Core;
use crate::error::Result;
use crate::model::environment::Environment;
use crate::model::name::ConnectionName;
use crate::model::token::Presenting;
use crate::model::verdict::{self, ExplainedCheck, FactNames};
use crate::ops::records::cache::ReferentCache;

/// Judges a presented token like [`judge`](super::judge()), and explains the verdict: every check, what
/// was compared and what it found. For an operator at the command line, never for a caller over HTTP:
/// it tells what the token and its profile are allowed. Nothing is written.
///
/// # Errors
///
/// As [`judge`](super::judge()).
pub fn explain<'a>(
    core: &mut Core,
    token: impl Into<Presenting<'a>>,
    asked: &Asked,
) -> Result<Explained> {
    examine(core, token, asked, |r, verdict, case| {
        let checks = match case {
            Some(case) => checks(r, &case)?,
            None => verdict::explain_unverified(verdict.reason),
        };
        Ok(Explained { verdict, checks })
    })
}

fn checks(r: &mut Reader<'_>, case: &Case<'_>) -> Result<[ExplainedCheck; 13]> {
    let Case {
        token,
        named,
        facts,
    } = case;
    let NamedReferents {
        connection,
        environment,
    } = named;
    let named_environment = environment
        .map(|id| r.require::<Environment>(id))
        .transpose()?;
    let restriction = restriction(r, case)?;
    let names = FactNames {
        named_connection: connection.as_ref().map(|(_, connection)| &connection.name),
        named_environment: named_environment.as_ref().map(|it| &it.name),
        environment: &token.referents.environment.name,
        restriction: &restriction,
    };
    Ok(verdict::explain(facts, &names))
}

/// The names of the connections that the profile is restricted to.
fn restriction(r: &mut Reader<'_>, case: &Case<'_>) -> Result<Vec<ConnectionName>> {
    let ids = case.facts.profile.restriction.as_deref();
    ReferentCache::default().connection_names(r, ids.unwrap_or_default())
}
