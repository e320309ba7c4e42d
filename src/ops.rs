//! What can be done: one module a noun, one function a verb.
//!
//! Each function is one transaction (or says why it is more), leaves an audit row for what it
//! changed, and returns a summary whose JSON is the shape of `docs/json.md`.

pub mod apply;
pub mod audit;
pub mod connection;
pub mod edit;
pub mod environment;
pub mod export;
pub mod impact;
mod journal;
pub mod login;
mod lookup;
pub mod mail;
pub mod names;
pub mod otp;
pub mod outbox;
pub mod password;
pub mod profile;
pub mod review;
pub mod store;
mod suspension;
pub mod token;
pub mod verify;

pub use suspension::Suspend;

use crate::backend::Fault;
use crate::barrier::{Reader, Store, Writer};
use crate::clock::Clock;
use crate::crypto::Entropy;
use crate::error::{Error, Result};
use crate::model::audit::Actor;
use crate::model::time::{Span, Time};

/// From this many things on a larger cache pays.
const BULK: usize = 1000;

/// What the core is handed: time, randomness, who is asking, and a setting.
pub struct World {
    /// Where time comes from.
    pub clock: Box<dyn Clock>,
    /// Where randomness comes from.
    pub entropy: Box<dyn Entropy>,
    /// Who the audit log says it was.
    pub actor: Actor,
    /// How long a token lives when neither the caller nor its connection says.
    pub token_lifetime: Span,
}

/// An open store in its world.
pub struct Core {
    /// The sealed store.
    pub store: Store,
    /// Where time comes from.
    pub clock: Box<dyn Clock>,
    /// Where randomness comes from.
    pub entropy: Box<dyn Entropy>,
    /// Who the audit log says it was.
    pub actor: Actor,
    /// How long a token lives when neither the caller nor its connection says.
    pub token_lifetime: Span,
}

impl Core {
    /// Puts a store into a world.
    pub fn new(store: Store, world: World) -> Self {
        let World { clock, entropy, actor, token_lifetime } = world;
        Self { store, clock, entropy, actor, token_lifetime }
    }

    /// Reads one consistent snapshot.
    pub fn read<T>(&mut self, f: impl FnOnce(&mut Reader<'_>) -> Result<T>) -> Result<T> {
        self.store.read(f)
    }

    /// Changes the store: all of `f`, or nothing.
    pub fn write<T>(&mut self, f: impl FnOnce(&mut Writer<'_>) -> Result<T>) -> Result<T> {
        let now = self.clock.now();
        // No storage of this build runs a change again; one that does finds what cannot be run twice.
        let mut once = Some(f);
        self.store.write(now, &self.actor, &mut *self.entropy, |w| {
            token::sweep(w)?;
            let f = once.take().ok_or(Fault::Busy)?;
            f(w)
        })
    }

    /// As [`Self::write`], and takes it all back: says what would have come of it.
    pub fn rehearse<T>(&mut self, f: impl FnOnce(&mut Writer<'_>) -> Result<T>) -> Result<T> {
        let mut seen = None;
        let undone = self.write(|w| -> Result<()> {
            seen = Some(f(w)?);
            Err(Error::Stopped)
        });
        match (seen, undone) {
            (Some(seen), Err(Error::Stopped)) => Ok(seen),
            (_, Err(failure)) => Err(failure),
            (_, Ok(())) => Err(Error::Bug("a rehearsal was kept")),
        }
    }

    /// Does something to `count` things; from a thousand on a larger cache pays.
    pub(in crate::ops) fn in_bulk<T>(
        &mut self,
        count: usize,
        f: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        if count < BULK {
            return f(self);
        }
        self.store.bulk(true)?;
        let done = f(self);
        // What was asked for is done, or has failed already; a cache that stays large is neither.
        drop(self.store.bulk(false));
        done
    }

    /// The wall clock.
    pub fn now(&self) -> Time {
        self.clock.now()
    }
}
