//! An open store, and what it is handed: time, randomness, who is asking.

use crate::barrier::{Reader, Store, Writer};
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::error::{Error, Result};
use crate::model::audit::Actor;
use crate::model::time::{Span, Time};

/// The number of changes from which a larger cache pays off.
const BULK: usize = 1000;

/// A function that runs first in every write transaction: it removes what has expired.
pub type BeforeWrite = fn(&mut Writer<'_>) -> Result<()>;

/// One call: who asks, and as of when it is judged.
#[derive(Debug, Clone)]
pub struct Request {
    /// Who the audit log names.
    pub actor: Actor,
    /// The time at which the call is judged and logged. `None` reads the clock each time:
    /// for long calls, such as a command that waits for a person or a sink.
    pub now: Option<Time>,
}

impl From<Actor> for Request {
    /// A call that reads the clock each time.
    fn from(actor: Actor) -> Self {
        Self { actor, now: None }
    }
}

/// The context of a core: time, randomness, the first request, and the default lifetime.
pub struct Context {
    /// Where time comes from.
    pub clock: Box<dyn Clock>,
    /// Where randomness comes from.
    pub entropy: Box<dyn Entropy>,
    /// The first call; [`Core::begin`] sets another.
    pub request: Request,
    /// The lifetime of a token if neither the caller nor its connection sets one.
    pub token_lifetime: Span,
}

/// An open store in its context.
pub struct Core {
    /// The sealed store.
    pub store: Store,
    /// Where time comes from.
    pub clock: Box<dyn Clock>,
    /// Where randomness comes from.
    pub entropy: Box<dyn Entropy>,
    /// The call that is being answered.
    pub(crate) request: Request,
    /// The lifetime of a token if neither the caller nor its connection sets one.
    pub token_lifetime: Span,
    before_write: BeforeWrite,
}

impl Core {
    /// Combines a store with a context. Callers of operations pass
    /// [`ops::before_write`](crate::ops::before_write()) as `before_write`; this module does not
    /// know it.
    pub fn new(store: Store, context: Context, before_write: BeforeWrite) -> Self {
        let Context {
            clock,
            entropy,
            request,
            token_lifetime,
        } = context;
        Self {
            store,
            clock,
            entropy,
            request,
            token_lifetime,
            before_write,
        }
    }

    /// Runs `f` on one consistent snapshot.
    ///
    /// # Errors
    ///
    /// Those of `f`; [`Error::Integrity`] if the store is damaged, was rolled back or forked;
    /// [`Error::Storage`] if it cannot be read.
    pub fn read<T>(&mut self, f: impl FnOnce(&mut Reader<'_>) -> Result<T>) -> Result<T> {
        self.store.read(f)
    }

    /// As [`Self::read`], by what was verified before where nothing changed
    /// ([`Store::read_again`]).
    ///
    /// # Errors
    ///
    /// As [`Self::read`].
    pub fn read_again<T>(&mut self, f: impl Fn(&mut Reader<'_>) -> Result<T>) -> Result<T> {
        self.store.read_again(f)
    }

    /// Changes the store, all or nothing.
    ///
    /// `f` may be run again from its start, on a newer state, because a database can require that.
    /// It must therefore have no effect outside the store, and must generate new ids in each run.
    /// Effects that cannot be repeated belong in [`Self::write_then`].
    ///
    /// # Errors
    ///
    /// Those of `f`, and as [`Self::read`]; also if the store is busy or cannot be written. A commit
    /// that fails may have taken effect; a caller that needs to
    /// know reads again.
    pub fn write<T>(&mut self, mut f: impl FnMut(&mut Writer<'_>) -> Result<T>) -> Result<T> {
        let now = self.now();
        let before_write = self.before_write;
        self.store
            .write(now, &self.request.actor, &mut *self.entropy, |w| {
                before_write(w)?;
                f(w)
            })
    }

    /// As [`Self::write`], with a final step: `last` runs once, between the last change and the
    /// commit, unless nothing was changed.
    ///
    /// It is for effects that cannot be repeated, like printing a secret: once it has begun,
    /// nothing is run again. If it fails, the store is unchanged. If the commit fails, it may still
    /// have taken effect.
    ///
    /// # Errors
    ///
    /// As [`Self::write`], and those of `last`.
    pub fn write_then<T>(
        &mut self,
        mut f: impl FnMut(&mut Writer<'_>) -> Result<T>,
        last: impl FnOnce(&mut T) -> Result<()>,
    ) -> Result<T> {
        let now = self.now();
        let before_write = self.before_write;
        let change = |w: &mut Writer<'_>| {
            before_write(w)?;
            f(w)
        };
        self.store
            .write_then(now, &self.request.actor, &mut *self.entropy, change, last)
    }

    /// As [`Self::write`], but always rolls back; returns the result that a write would have had.
    ///
    /// # Errors
    ///
    /// As [`Self::write`].
    pub fn rehearse<T>(&mut self, mut f: impl FnMut(&mut Writer<'_>) -> Result<T>) -> Result<T> {
        let mut seen = None;
        let undone = self.write(|w| -> Result<()> {
            seen = Some(f(w)?);
            // Nothing but an error keeps a transaction from being committed.
            Err(Error::Stopped)
        });
        match (seen, undone) {
            (Some(seen), Err(Error::Stopped)) => Ok(seen),
            (_, Err(failure)) => Err(failure),
            (_, Ok(())) => Err(Error::Bug("a rehearsal was kept")),
        }
    }

    /// Runs `f`, which changes `count` things, with a larger cache if there are many.
    pub(crate) fn in_bulk<T>(
        &mut self,
        count: usize,
        f: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        if count < BULK {
            return f(self);
        }
        self.store.bulk(true)?;
        let done = f(self);
        // Ignored: the work has its result, and a cache that stays large is harmless.
        drop(self.store.bulk(false));
        done
    }

    /// Begins another call: what is read and changed from here on is judged as of its time, and logged
    /// as its actor's.
    pub fn begin(&mut self, request: impl Into<Request>) {
        self.request = request.into();
    }

    /// The time as of which the present call is judged: its own, or else the wall clock.
    pub fn now(&self) -> Time {
        self.request.now.unwrap_or_else(|| self.clock.now())
    }
}
