//! Passwords of profiles: hashed by few at a time, so that sign-ins starve nobody.

mod sign_in;

use std::net::IpAddr;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard, Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout};

use super::crowd::MOST_OF_A_PEER;
use super::pool::Pool;
use super::sources::Sources;
use crate::core::Request;
use crate::crypto::{Argon2Params, Key};
use crate::entropy::{Entropy, NoRandomness};
use crate::error::Error;
use crate::model::name::ProfileName;
use crate::model::time::Time;
use crate::ops::password::{self, Cause, Mark, PasswordVerdict, ProvenPasswords, Strangers};
use crate::secret::SecretText;

/// How long a request waits for its turn.
const QUEUE: Duration = Duration::from_secs(2);

/// How many equal requests may wait for one another at a time.
const TURNS: usize = 64;

/// How many requests wait at once. More would not get their turn in time, and would hold the
/// connections of a proxy: half of those of a peer that is not trusted are left for others.
const MOST_WAITING: usize = MOST_OF_A_PEER / 2;

/// The part of the memory that hashing may take: one in so many bytes.
const SHARE_OF_MEMORY: u64 = 4;

/// What it takes to verify passwords.
pub(super) struct Passwords {
    /// How many hashes are computed at once.
    slots: Arc<Semaphore>,
    /// How long a request waits for one.
    patience: Duration,
    /// How many requests wait for one.
    waiting: AtomicUsize,
    /// Requests with the same password come one after another: the first pays for all.
    turns: [Mutex<()>; TURNS],
    /// What need not be hashed again.
    pub(super) proven: ProvenPasswords,
    /// Budgets of names that have no password: they look like those that have one.
    strangers: Arc<Strangers>,
    /// Budgets of failures by address.
    sources: Sources,
}

/// Why it is not known whether a password is right.
#[derive(Debug)]
pub(super) enum Unproven {
    /// It is wrong, or its profile is suspended: the word of the reason.
    Refused(&'static str),
    /// Too many attempts failed; the next is accepted after this time.
    TooMany(&'static str, Duration),
    /// The request waited for its turn too long, or too many do.
    Busy,
    /// The store does not answer.
    Failed(Error),
}

/// A password to prove.
pub(super) struct Attempt {
    /// The profile.
    pub(super) name: ProfileName,
    /// The password.
    pub(super) password: Arc<SecretText>,
    /// Its mark before the attempt.
    pub(super) mark: Mark,
    /// The address that it comes from, if failures from there are counted.
    pub(super) source: Option<IpAddr>,
}

impl Passwords {
    /// For a pool of so many connections, of which half are left to everything else, and so much free
    /// memory, in KiB.
    ///
    /// # Errors
    ///
    /// [`NoRandomness`] if the source fails.
    pub(super) fn new(
        connections: usize,
        available_kib: Option<u64>,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, NoRandomness> {
        let cores = available_parallelism().map_or(1, NonZero::get);
        let fitting = available_kib.map_or(1, slots_in);
        let slots = cores.min(fitting).min(connections / 2).max(1);
        Ok(Self {
            slots: Arc::new(Semaphore::new(slots)),
            patience: QUEUE,
            waiting: AtomicUsize::new(0),
            turns: [const { Mutex::const_new(()) }; TURNS],
            proven: ProvenPasswords::new(&Key::generate(entropy)?),
            strangers: Arc::default(),
            sources: Sources::default(),
        })
    }

    /// Hashes none any more: every request waits in vain.
    #[cfg(feature = "testing")]
    pub(super) fn hash_none(&self) {
        self.slots.close();
    }

    /// How many requests wait until a hash may be computed.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Proves a password by its hash, and remembers it.
    pub(super) async fn prove(
        &self,
        pool: &Arc<Pool>,
        request: Request,
        attempt: Attempt,
    ) -> Result<(), Unproven> {
        let Attempt {
            name,
            password,
            mark,
            source,
        } = attempt;
        self.ensure_open(source)?;
        let _turn = self.turn(mark).await?;
        // An equal request may have come first.
        if self.proven.holds(mark) {
            return Ok(());
        }
        let counted = self.count(source)?;
        let strangers = Arc::clone(&self.strangers);
        let (hashed, named) = (Arc::clone(&password), name.clone());
        let proved = pool.run(request, move |core| {
            let proved = password::prove(core, &named, &hashed, &strangers);
            told(core.now(), proved)
        });
        let proved = proved.await;
        let failed = matches!(&proved, Ok((_, Ok((verdict, _)))) if is_failure(verdict));
        if !failed {
            counted.refund();
        }
        let (now, proved) = proved.map_err(Unproven::Failed)?;
        match proved {
            Ok((_, Some(stamp))) => {
                let proven = &self.proven;
                proven.remember(proven.mark(&name, &password, Some(&stamp)));
                Ok(())
            }
            Ok((verdict, None)) => Err(Unproven::Refused(verdict.reason)),
            Err(error) => Err(unproven(error, now)),
        }
    }

    /// Refuses an attempt from an address that has none left, before it waits for its turn.
    fn ensure_open(&self, source: Option<IpAddr>) -> Result<(), Unproven> {
        let over = source.and_then(|source| self.sources.wait(source, Instant::now()));
        over.map_or(Ok(()), |wait| Err(Unproven::TooMany("throttled", wait)))
    }

    /// Counts an attempt from an address as failed when its turn has come: of those that wait at the
    /// same time, no more are made than the address has left. Only those that are being made count,
    /// so many right passwords at once stop nobody.
    fn count(&self, source: Option<IpAddr>) -> Result<Counted<'_>, Unproven> {
        let now = Instant::now();
        let sources = &self.sources;
        if source.is_none_or(|source| sources.take(source, now)) {
            return Ok(Counted { sources, source });
        }
        let wait = source.and_then(|source| sources.wait(source, now));
        Err(Unproven::TooMany("throttled", wait.unwrap_or_default()))
    }

    /// Waits until a hash may be computed for a password with this mark.
    async fn turn(
        &self,
        mark: Mark,
    ) -> Result<(MutexGuard<'_, ()>, SemaphorePermit<'_>), Unproven> {
        let waiting = Waiting::begin(&self.waiting)?;
        let turn = timeout(self.patience, async {
            let of_equals = self.turns.get(mark.spread() % TURNS)?.lock().await;
            let slot = self.slots.acquire().await.ok()?;
            Some((of_equals, slot))
        });
        let turn = turn.await;
        drop(waiting);
        turn.ok().flatten().ok_or(Unproven::Busy)
    }
}

/// Whether an attempt counts against the address that it came from.
fn is_failure(verdict: &PasswordVerdict) -> bool {
    !verdict.valid && verdict.cause != Cause::Suspended
}

/// An attempt that counts as failed, also if its client goes away before that is known.
struct Counted<'a> {
    sources: &'a Sources,
    /// Where it comes from, if that counts.
    source: Option<IpAddr>,
}

impl Counted<'_> {
    /// It did not fail.
    fn refund(self) {
        if let Some(source) = self.source {
            self.sources.refund(source);
        }
    }
}

/// An error of an attempt; how long to wait is told as of `now`.
fn unproven(error: Error, now: Time) -> Unproven {
    match error {
        Error::Throttled(until) => {
            let wait = until.seconds().saturating_sub(now.seconds());
            let wait = Duration::from_secs(u64::try_from(wait).unwrap_or(0));
            Unproven::TooMany("throttled", wait)
        }
        error => Unproven::Failed(error),
    }
}

/// Counts a request that waits, until it does not.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn begin(count: &'a AtomicUsize) -> Result<Self, Unproven> {
        let before = count.fetch_add(1, Ordering::Relaxed);
        // Counted back also if the client goes away while its request waits.
        let waiting = Self(count);
        if before < MOST_WAITING {
            Ok(waiting)
        } else {
            Err(Unproven::Busy)
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What a call found, with the time: a delay is told as long as it is. Other errors are the call's.
fn told<T>(now: Time, found: Result<T, Error>) -> Result<(Time, Result<T, Error>), Error> {
    match found {
        Ok(_) | Err(Error::Throttled(_)) => Ok((now, found)),
        Err(error) => Err(error),
    }
}

/// How many hashes fit into their share of so much memory.
fn slots_in(available_kib: u64) -> usize {
    let each = u64::from(Argon2Params::PASSWORD_DEFAULT.m_kib);
    usize::try_from(available_kib / SHARE_OF_MEMORY / each).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;

    fn mark(passwords: &Passwords, text: &str) -> Mark {
        let password = SecretText::new(text.to_owned());
        let name = "ci".parse().unwrap();
        passwords.proven.mark(&name, &password, None)
    }

    /// One hash at a time, and hardly any patience.
    fn impatient() -> Passwords {
        Passwords {
            patience: Duration::from_millis(20),
            ..Passwords::new(2, None, &mut OsEntropy).unwrap()
        }
    }

    #[tokio::test]
    async fn who_waits_too_long_for_a_turn_is_refused() {
        let passwords = impatient();
        let first = mark(&passwords, "first");
        let others = ('a'..='z').map(|c| mark(&passwords, &c.to_string()));
        let mut others = others.filter(|mark| mark.spread() % TURNS != first.spread() % TURNS);
        let held = passwords.turn(first).await.unwrap();
        let waited = Instant::now();
        for mark in [first, others.next().unwrap()] {
            let refused = passwords.turn(mark).await;
            assert!(matches!(refused, Err(Unproven::Busy)));
        }
        assert!(waited.elapsed() >= passwords.patience * 2);
        assert_eq!(passwords.waiting(), 0);
        drop(held);
        assert!(passwords.turn(first).await.is_ok());
    }

    #[tokio::test]
    async fn who_waits_is_counted_until_it_goes_away() {
        let mut passwords = impatient();
        passwords.patience = QUEUE * 100;
        let mark = mark(&passwords, "first");
        let _held = passwords.turn(mark).await.unwrap();
        let mut waiting = Box::pin(passwords.turn(mark));
        let moment = Duration::from_millis(20);
        assert!(timeout(moment, &mut waiting).await.is_err());
        assert_eq!(passwords.waiting(), 1);
        drop(waiting);
        assert_eq!(passwords.waiting(), 0);
    }

    #[test]
    fn attempts_at_once_count_before_they_are_made() {
        let passwords = impatient();
        let guesser = Some("192.0.2.7".parse().unwrap());
        let counted: Vec<_> = (0..100).map(|_| passwords.count(guesser)).collect();
        let mut counted: Vec<_> = counted.into_iter().filter_map(Result::ok).collect();
        assert_eq!(counted.len(), 20);
        assert!(matches!(
            passwords.ensure_open(guesser),
            Err(Unproven::TooMany("throttled", wait)) if !wait.is_zero()
        ));
        // Who goes away has spent the attempt; what did not fail is given back.
        counted.pop().unwrap().refund();
        drop(counted);
        assert!(passwords.ensure_open(guesser).is_ok());
        assert!(passwords.count(guesser).is_ok());
        assert!(passwords.count(guesser).is_err());
        let other = Some("192.0.2.8".parse().unwrap());
        assert!(passwords.count(other).is_ok());
        assert!((0..100).all(|_| passwords.count(None).is_ok()));
    }

    #[test]
    fn there_is_always_a_slot() {
        for connections in 0..9 {
            for kib in [None, Some(0), Some(300_000), Some(u64::MAX)] {
                let passwords = Passwords::new(connections, kib, &mut OsEntropy).unwrap();
                let slots = passwords.slots.available_permits();
                assert!((1..=connections.max(2) / 2).contains(&slots));
            }
        }
        assert_eq!(slots_in(1024 * 1024), 4);
    }
}
