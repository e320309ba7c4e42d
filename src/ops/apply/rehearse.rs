//! Plans a declaration by a rehearsal.

use super::declaration::{Declaration, Undeclared};
use super::deliver;
use super::plan::Plan;
use super::run::{Run, RunResult};
use super::wrong::together;
use crate::core::Core;
use crate::error::{Error, Result};

/// Returns what applying a declaration would change; changes nothing.
///
/// # Errors
///
/// Everything wrong with the declaration, in its order: for each object, the error that applying it
/// would return. Also a sink that cannot be read.
pub fn plan(core: &mut Core, declared: &mut Declaration, undeclared: Undeclared) -> Result<Plan> {
    let mut wrong = Vec::new();
    let held = deliver::inspect_sinks(core, &mut declared.tokens, &mut wrong)?;
    let declared = &*declared;
    let lifetime = core.token_lifetime;
    let boot = core.clock.boot();
    let tried = core.in_bulk(declared.tokens.len(), |core| {
        core.rehearse(|w| {
            Run {
                declared,
                held: &held,
                secrets: None,
                undeclared,
                lifetime,
                boot,
            }
            .carry_out(w)
        })
    });
    let tried = match tried {
        Err(Error::Parts(more)) => Err(more),
        Err(part @ Error::Part { .. }) => Err(vec![part]),
        tried => Ok(tried?),
    };
    let RunResult {
        changes,
        made,
        impact,
    } = match tried {
        Ok(outcome) if wrong.is_empty() => outcome,
        tried => {
            wrong.extend(tried.err().into_iter().flatten());
            return Err(together(wrong));
        }
    };
    Ok(Plan {
        changes,
        stops: impact,
        undeclared,
        held,
        made,
    })
}
