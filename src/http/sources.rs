//! Budgets of failed passwords by the address that they come from: in memory, lost at a restart.
//!
//! Only failures count, and only addresses: one client that guesses slows nobody else, and a valid
//! token is never slowed. The algorithm is GCRA: for each address there is one time, at which its
//! failures are paid off.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How many failures an address may have at once.
const BURST: u32 = 20;

/// How long one failure takes to be paid off.
const EACH: Duration = Duration::from_secs(6);

/// How many addresses are remembered; of more, those that are paid off first are forgotten.
const MOST: usize = 100_000;

/// An IPv4 address, or the network of an IPv6 address: one client has all of a /64.
type Source = u128;

/// The budgets of all addresses.
#[derive(Debug, Default)]
pub(super) struct Sources {
    /// When the failures of an address are paid off.
    paid_off: Mutex<HashMap<Source, Instant>>,
}

impl Sources {
    /// How long the next attempt from this address has to wait.
    pub(super) fn wait(&self, address: IpAddr, now: Instant) -> Option<Duration> {
        let paid_off = *self.lock().get(&source(address))?;
        let over = paid_off.checked_duration_since(now)?;
        let over = over.checked_sub(EACH * (BURST - 1))?;
        (!over.is_zero()).then_some(over)
    }

    /// Counts a failure from this address.
    pub(super) fn fail(&self, address: IpAddr, now: Instant) {
        let mut paid_off = self.lock();
        let source = source(address);
        if paid_off.len() >= MOST && !paid_off.contains_key(&source) {
            forget(&mut paid_off, now);
        }
        let until = paid_off.entry(source).or_insert(now);
        *until = (*until).max(now) + EACH;
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Source, Instant>> {
        self.paid_off.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn source(address: IpAddr) -> Source {
    match address.to_canonical() {
        IpAddr::V4(four) => four.to_ipv6_mapped().to_bits(),
        IpAddr::V6(six) => six.to_bits() >> 64 << 64,
    }
}

/// Makes room: forgets who is paid off, or else who will be first.
fn forget(paid_off: &mut HashMap<Source, Instant>, now: Instant) {
    let before = paid_off.len();
    paid_off.retain(|_, until| *until > now);
    if paid_off.len() < before {
        return;
    }
    let first = paid_off.iter().min_by_key(|(_, until)| **until);
    if let Some(first) = first.map(|(source, _)| *source) {
        paid_off.remove(&first);
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn after_a_burst_an_address_waits_for_each_failure() {
        let (sources, now) = (Sources::default(), Instant::now());
        let guesser = ip("192.0.2.7");
        for _ in 0..BURST {
            assert_eq!(sources.wait(guesser, now), None);
            sources.fail(guesser, now);
        }
        assert_eq!(sources.wait(guesser, now), Some(EACH));
        assert_eq!(sources.wait(guesser, now + EACH / 2), Some(EACH / 2));
        assert_eq!(sources.wait(guesser, now + EACH), None);
        sources.fail(guesser, now + EACH);
        assert_eq!(sources.wait(guesser, now + EACH), Some(EACH));
        assert_eq!(sources.wait(guesser, now + EACH * 100), None);
    }

    #[test]
    fn nobody_else_waits() {
        let (sources, now) = (Sources::default(), Instant::now());
        for _ in 0..2 * BURST {
            sources.fail(ip("192.0.2.7"), now);
            sources.fail(ip("2001:db8:0:1::7"), now);
        }
        for other in ["192.0.2.8", "2001:db8:0:2::7", "::c000:207"] {
            assert_eq!(sources.wait(ip(other), now), None, "{other}");
        }
        for same in ["::ffff:192.0.2.7", "2001:db8:0:1:ffff::"] {
            assert!(sources.wait(ip(same), now).is_some(), "{same}");
        }
    }

    #[test]
    fn memory_is_bounded() {
        let (sources, now) = (Sources::default(), Instant::now());
        let guesser = ip("2001:db8::7");
        for _ in 0..2 * BURST {
            sources.fail(guesser, now);
        }
        for n in 0..u32::try_from(MOST).unwrap() + 10 {
            sources.fail(Ipv4Addr::from_bits(n).into(), now);
        }
        assert_eq!(sources.lock().len(), MOST);
        assert!(sources.wait(guesser, now).is_some());
        sources.fail(Ipv6Addr::LOCALHOST.into(), now + EACH * 2);
        assert!(sources.lock().len() <= 2);
    }
}
