//! One pass over a declaration, the same for planning and for applying.

use super::declaration::{Connection, Declaration, Undeclared};
use super::plan::{Labels, Step};
use super::wrong::{Wrong, part};
use super::{deliver, nouns, prune};
use crate::barrier::Writer;
use crate::clock::BootTime;
use crate::error::{Error, Result};
use crate::model::time::Span;
use crate::model::token::Token;
use crate::ops::connection;
use crate::ops::edit::Change;
use crate::ops::impact::{self, Impact};
use crate::ops::token::{Reconciler, SinkContent};

/// One pass over a declaration.
pub(super) struct Run<'a> {
    pub(super) declared: &'a Declaration,
    pub(super) held: &'a [SinkContent],
    /// The secrets of the tokens to issue; `None` for a rehearsal.
    pub(super) secrets: Option<&'a [Option<Token>]>,
    pub(super) undeclared: Undeclared,
    pub(super) lifetime: Span,
    pub(super) boot: BootTime,
}

/// The result of a run.
pub(super) struct RunResult {
    pub(super) changes: Vec<Step>,
    pub(super) made: Vec<bool>,
    pub(super) impact: Impact,
}

impl Run<'_> {
    /// Applies environments, connections, profiles and tokens, then suspensions and removals.
    ///
    /// An error in one object does not end the run, so that the others are checked too. The run
    /// then returns one error with all of them, and the caller rolls back.
    pub(super) fn carry_out(&mut self, w: &mut Writer<'_>) -> Result<RunResult> {
        let Declaration {
            environments,
            connections,
            profiles,
            ..
        } = self.declared;
        w.keep_originals();
        w.keep_trail();
        let mut wrong = Wrong::default();
        let (default, others): (Vec<_>, Vec<_>) = environments
            .iter()
            .partition(|environment| environment.default == Some(true));
        for environment in default.into_iter().chain(others) {
            wrong.note(
                "environment",
                &environment.name,
                environment.name.canonical(),
                nouns::environment(w, environment),
            )?;
        }
        for connection in connections {
            wrong.note(
                "connection",
                &connection.name,
                connection.name.canonical(),
                nouns::connection(w, connection),
            )?;
        }
        for profile in profiles {
            wrong.note(
                "profile",
                &profile.name,
                profile.name.canonical(),
                nouns::profile(w, profile),
            )?;
        }
        let made = self.tokens(w, &mut wrong)?;
        wrong.ensure_nothing()?;
        self.suspend_and_block(w)?;
        if self.undeclared == Undeclared::Remove {
            prune::prune(w, self.declared, &mut wrong)?;
        }
        wrong.ensure_nothing()?;
        let labels = Labels::new(self.declared, self.held);
        let steps = w.trail().into_iter().filter(|entry| !Step::follows(entry));
        let changes: Vec<_> = steps.map(|entry| Step::new(entry, &labels)).collect();
        let mut impact = impact::observe(w, self.boot)?;
        impact.opens.extend(changes.iter().flat_map(Step::openings));
        impact.opens.sort();
        Ok(RunResult {
            changes,
            made,
            impact,
        })
    }

    /// Suspends and blocks last, so that what a suspended profile needs can still be made.
    fn suspend_and_block(&self, w: &mut Writer<'_>) -> Result<()> {
        for profile in &self.declared.profiles {
            nouns::suspend(w, profile).map_err(|e| part("profile", &profile.name, e))?;
        }
        for Connection { name, block, .. } in &self.declared.connections {
            if let Change::Set(reason) = block {
                connection::block_within(w, name, reason.as_ref())?;
            }
        }
        Ok(())
    }

    fn tokens(&self, w: &mut Writer<'_>, wrong: &mut Wrong) -> Result<Vec<bool>> {
        let mut reconciler = Reconciler::new(w, self.lifetime);
        let mut made = Vec::with_capacity(self.declared.tokens.len());
        for (n, (token, held)) in self.declared.tokens.iter().zip(self.held).enumerate() {
            // The profile's error would be reported again.
            if wrong.has("profile", &token.profile.canonical()) {
                made.push(false);
                continue;
            }
            let secret = || match self.secrets {
                None => Ok(None),
                // A token that was not planned has no secret.
                Some(all) => all
                    .get(n)
                    .and_then(Option::as_ref)
                    .map(Some)
                    .ok_or(Error::Moved),
            };
            let kept = reconciler
                .reconcile(w, token, held, secret)
                .and_then(|made| {
                    if made {
                        deliver::ensure_replaceable(token, held)?;
                    }
                    Ok(made)
                });
            let name = token.name.canonical();
            made.push(
                wrong
                    .note("token", &token.address(), name, kept)?
                    .unwrap_or_default(),
            );
        }
        reconciler.finish(w)?;
        Ok(made)
    }
}
