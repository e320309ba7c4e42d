//! Applies a declaration as it was planned, all or nothing.

use super::declaration::Declaration;
use super::deliver::{self, Progress};
use super::plan::Plan;
use super::run::{Run, RunResult};
use crate::backend::Fault;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::model::token::Token;
use crate::ops::records::token;

/// Applies a declaration as planned; returns the changes.
///
/// After an error the store is unchanged, and every sink that had received a secret is restored.
///
/// # Errors
///
/// Another `apply` or a restore is running; a secret could not be delivered; the store or a sink
/// was changed since the plan was made; or the plan itself would be refused now. If a sink cannot
/// be restored, the error reports that.
pub fn apply(
    core: &mut Core,
    declared: &mut Declaration,
    plan: &Plan,
    onwards: Progress<'_>,
) -> Result<()> {
    if plan.is_empty() {
        return Ok(());
    }
    // One at a time: a sink may be a command that applies the same declaration.
    let _claim = core.store.claim().map_err(|fault| match fault {
        Fault::Busy => Error::AtWork,
        other => other.into(),
    })?;
    let secrets = secrets(core, &plan.made)?;
    deliver::deliver(&mut declared.tokens, &secrets, &plan.held, onwards)?;
    let tokens = &mut declared.tokens;
    let held = &plan.held;
    let untouched = deliver::ensure_untouched(core, tokens, &secrets, held);
    if let Err(failure) = untouched {
        return Err(deliver::restore_all(tokens, &secrets, held, failure));
    }
    let done = core.in_bulk(declared.tokens.len(), |core| {
        make_good(core, declared, plan, &secrets)
    });
    let Err(failure) = done else { return Ok(()) };
    match is_done(core, &secrets) {
        Ok(true) => Ok(()),
        Ok(false) => Err(deliver::restore_all(
            &mut declared.tokens,
            &secrets,
            &plan.held,
            failure,
        )),
        // The sinks keep what they hold: either it is valid, or the next call sees that it is not.
        Err(_) => Err(failure),
    }
}

pub(super) fn secrets(core: &mut Core, made: &[bool]) -> Result<Vec<Option<Token>>> {
    let generate = |made: &bool| {
        made.then(|| Token::generate(&mut *core.entropy))
            .transpose()
    };
    Ok(made.iter().map(generate).collect::<Result<_, _>>()?)
}

fn make_good(
    core: &mut Core,
    declared: &Declaration,
    plan: &Plan,
    secrets: &[Option<Token>],
) -> Result<()> {
    let undeclared = plan.undeclared;
    let lifetime = core.token_lifetime;
    let boot = core.clock.boot();
    core.write(|w| {
        let secrets = Some(secrets);
        let mut run = Run {
            declared,
            held: &plan.held,
            secrets,
            undeclared,
            lifetime,
            boot,
        };
        let RunResult {
            changes, impact, ..
        } = run.carry_out(w)?;
        // The operator agreed to the plan, and to nothing else.
        if plan.covers(&changes, &impact) {
            Ok(())
        } else {
            Err(Error::Moved)
        }
    })
}

/// Whether a failed commit took effect after all, as far as new tokens show.
fn is_done(core: &mut Core, secrets: &[Option<Token>]) -> Result<bool> {
    let Some(first) = secrets.iter().flatten().next() else {
        return Ok(false);
    };
    Ok(core.read(|r| token::by_id(r, first.id()))?.is_some())
}
