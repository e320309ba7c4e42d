//! An open store, and what it is handed: time, randomness, who is asking.

use crate::barrier::{Adoption, List, Lookup, Reader, Store, Tombstones, Unique, Writer};
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::error::{Error, History, Result};
use crate::model::audit::Actor;
use crate::model::time::{Span, Time};

/// The number of changes from which a larger cache pays off.
const BULK: usize = 1000;

/// What is refused for its history is refused before it has begun.
const TWICE: Error = Error::Bug("what runs once was run before");

/// What every write looks up first, as its [`BeforeWrite`] does.
const FIRST: [Lookup<'static>; 2] = [
    Lookup::NamedAt(List::Pending, 0),
    Lookup::Named(Unique::SessionQueue),
];

/// A function that runs first in every write transaction: it removes what has expired.
pub type BeforeWrite = fn(&mut Writer<'_>) -> Result<()>;

/// A function that makes what this machine knows to have ended end in a history that it adopts.
pub type Adopt = fn(&mut Writer<'_>, &Tombstones, Adoption) -> Result<()>;

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
    adopt: Option<Adopt>,
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
            adopt: None,
        }
    }

    /// Follows a history that another machine accepted, from now on: what would be refused as
    /// [`History::AcceptedElsewhere`] is adopted instead, before anything is read or changed. Callers
    /// of operations pass [`ops::store::adopt`](crate::ops::store::adopt()).
    pub fn follow_accepted(&mut self, adopt: Adopt) {
        self.adopt = Some(adopt);
    }

    /// Runs `attempt`, and once more if it was refused for a history that this machine then adopts.
    pub(crate) fn following<T>(
        &mut self,
        mut attempt: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let refused = match attempt(self) {
            Err(error @ Error::History(History::AcceptedElsewhere { .. })) => error,
            done => return done,
        };
        let Some(adopt) = self.adopt.filter(|_| self.store.writable()) else {
            return Err(refused);
        };
        let tombstones = self.store.tombstones()?;
        let now = self.now();
        let apply = |w: &mut Writer<'_>, adoption| adopt(w, &tombstones, adoption);
        self.store
            .adopt(now, &self.request.actor, &mut *self.entropy, apply)?;
        attempt(self)
    }

    /// Names what the next transaction will look up ([`Store::prefetch`]).
    pub(crate) fn prefetch(&mut self, lookups: &[Lookup<'_>]) {
        self.store.prefetch(lookups);
    }

    /// Runs `f` on one consistent snapshot.
    ///
    /// # Errors
    ///
    /// Those of `f`; [`Error::Integrity`] if the store is damaged, was rolled back or forked;
    /// [`Error::Storage`] if it cannot be read.
    pub fn read<T>(&mut self, f: impl FnOnce(&mut Reader<'_>) -> Result<T>) -> Result<T> {
        let mut f = Some(f);
        // What is refused is not read, so that `f` was not run.
        self.following(|core| core.store.read(|r| f.take().ok_or(TWICE)?(r)))
    }

    /// As [`Self::read`], by what was verified before where nothing changed
    /// ([`Store::read_again`]).
    ///
    /// # Errors
    ///
    /// As [`Self::read`].
    pub fn read_again<T>(&mut self, f: impl Fn(&mut Reader<'_>) -> Result<T>) -> Result<T> {
        self.following(|core| core.store.read_again(&f))
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
        self.prefetch(&FIRST);
        self.following(|core| {
            core.store
                .write(now, &core.request.actor, &mut *core.entropy, |w| {
                    before_write(w)?;
                    f(w)
                })
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
        let mut last = Some(last);
        self.prefetch(&FIRST);
        self.following(|core| {
            let change = |w: &mut Writer<'_>| {
                before_write(w)?;
                f(w)
            };
            let last = |value: &mut T| last.take().ok_or(TWICE)?(value);
            core.store
                .write_then(now, &core.request.actor, &mut *core.entropy, change, last)
        })
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
