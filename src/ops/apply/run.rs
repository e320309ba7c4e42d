//! One way through a declaration: the same for a plan and for bringing it about.

use std::collections::HashMap;
use std::fmt::Display;

use super::plan::{Place, Step, Stopping, step, valid};
use super::{Connection, Declaration, Undeclared, nouns, prune};
use crate::barrier::Writer;
use crate::error::{Error, Result};
use crate::model::time::Span;
use crate::model::token::Token;
use crate::ops::connection;
use crate::ops::edit::Change;
use crate::ops::token::{Held, Keeper, Source};

/// One way through a declaration.
pub(super) struct Run<'a> {
    pub(super) declared: &'a Declaration,
    pub(super) held: &'a [Held],
    /// The secrets of tokens that are made; without them it is a rehearsal.
    pub(super) secrets: Option<&'a [Option<Token>]>,
    pub(super) undeclared: Undeclared,
    pub(super) lifetime: Span,
}

/// What a run came to.
pub(super) struct Outcome {
    pub(super) changes: Vec<Step>,
    pub(super) made: Vec<bool>,
    /// Whether a password is lost.
    pub(super) password: bool,
    pub(super) stopping: Stopping,
}

impl Run<'_> {
    /// Environments, connections, profiles, tokens, and last what stops or goes.
    pub(super) fn carry_out(&mut self, w: &mut Writer<'_>) -> Result<Outcome> {
        let Declaration { environments, connections, profiles, .. } = self.declared;
        let mut stopping = valid(w)?;
        w.keep_trail();
        let (default, others): (Vec<_>, Vec<_>) =
            environments.iter().partition(|it| it.default == Some(true));
        for it in default.into_iter().chain(others) {
            nouns::environment(w, it).map_err(|e| part("environment", &it.name, e))?;
        }
        for it in connections {
            nouns::connection(w, it).map_err(|e| part("connection", &it.name, e))?;
        }
        for it in profiles {
            nouns::profile(w, it).map_err(|e| part("profile", &it.name, e))?;
        }
        let made = self.tokens(w)?;
        let mut password = false;
        for it in profiles {
            let suspended = nouns::suspend(w, it).map_err(|e| part("profile", &it.name, e))?;
            password |= suspended;
        }
        for Connection { name, block, .. } in connections {
            if let Change::Set(reason) = block {
                connection::block_within(w, name, reason.clone())?;
            }
        }
        if self.undeclared == Undeclared::Remove {
            password |= prune::prune(w, self.declared)?;
        }
        let places = self.places();
        let changes: Vec<_> = w.trail().into_iter().map(|it| step(it, &places)).collect();
        if changes.iter().all(Step::adds) {
            stopping.clear();
        } else {
            let left = valid(w)?;
            stopping.retain(|id, _| !left.contains_key(id));
        }
        Ok(Outcome { changes, made, password, stopping })
    }

    fn tokens(&self, w: &mut Writer<'_>) -> Result<Vec<bool>> {
        let mut keeper = Keeper::new(w, self.lifetime);
        let mut made = Vec::with_capacity(self.declared.tokens.len());
        for (n, (token, held)) in self.declared.tokens.iter().zip(self.held).enumerate() {
            let secret = || match self.secrets {
                None => Ok(None),
                // One that was not planned has none.
                Some(all) => all.get(n).and_then(Option::as_ref).map(Some).ok_or(Error::Moved),
            };
            let kept = keeper.keep(w, token, held, secret);
            made.push(kept.map_err(|e| part("token", &token.address(), e))?);
        }
        keeper.finish(w)?;
        Ok(made)
    }

    /// Where the secret of each token goes, and what it replaces there, by its address.
    fn places(&self) -> HashMap<String, Place<'_>> {
        let tokens = self.declared.tokens.iter().zip(self.held);
        let placed = tokens.filter_map(|(token, held)| match &token.source {
            Source::Place { called, .. } => {
                let place = Place { called, occupant: held.occupant() };
                Some((token.address().to_ascii_lowercase(), place))
            }
            _ => None,
        });
        placed.collect()
    }
}

/// Says which of many things it is that something is wrong with.
pub(super) fn part(kind: &str, name: &impl Display, source: Error) -> Error {
    match source {
        // What is wrong is not with the thing.
        Error::Storage(_) | Error::Integrity(_) | Error::Moved | Error::Bug(_) => source,
        source => Error::Part { what: format!("{kind} `{name}`"), source: source.into() },
    }
}
