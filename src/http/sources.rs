//! Budgets of failed passwords by the address that they come from: in memory, lost at a restart.
//!
//! Only failures count, and only addresses: one client that guesses slows nobody else, and a valid
//! token is never slowed.

use std::net::IpAddr;
use std::time::Duration;

use tokio::time::Instant;

use super::gcra::Gcra;

/// How many failures an address may have at once.
const BURST: u32 = 20;

/// How long one failure takes to be paid off.
const EACH: Duration = Duration::from_secs(6);

/// An IPv4 address, or the network of an IPv6 address: one client has all of a /64.
type Source = u128;

/// The budgets of all addresses.
#[derive(Debug)]
pub(super) struct Sources(Gcra<Source>);

impl Default for Sources {
    fn default() -> Self {
        Self(Gcra::new(BURST, EACH))
    }
}

impl Sources {
    /// How long the next attempt from this address has to wait.
    pub(super) fn wait(&self, address: IpAddr, now: Instant) -> Option<Duration> {
        self.0.wait(source(address), now)
    }

    /// Counts an attempt from this address before it is made; `false` if it may not be made.
    pub(super) fn take(&self, address: IpAddr, now: Instant) -> bool {
        self.0.take(source(address), now)
    }

    /// Counts an attempt from this address no longer.
    pub(super) fn refund(&self, address: IpAddr) {
        self.0.refund(source(address));
    }
}

fn source(address: IpAddr) -> Source {
    match address.to_canonical() {
        IpAddr::V4(four) => four.to_ipv6_mapped().to_bits(),
        IpAddr::V6(six) => six.to_bits() >> 64 << 64,
    }
}

#[cfg(test)]
mod tests {
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
            assert!(sources.take(guesser, now));
        }
        assert_eq!(sources.wait(guesser, now), Some(EACH));
        assert_eq!(sources.wait(guesser, now + EACH / 2), Some(EACH / 2));
        assert_eq!(sources.wait(guesser, now + EACH), None);
        assert!(!sources.take(guesser, now) && sources.take(guesser, now + EACH));
        assert_eq!(sources.wait(guesser, now + EACH), Some(EACH));
        assert_eq!(sources.wait(guesser, now + EACH * 100), None);
    }

    #[test]
    fn nobody_else_waits() {
        let (sources, now) = (Sources::default(), Instant::now());
        for n in 0..2 * BURST {
            for guesser in ["192.0.2.7", "2001:db8:0:1::7"] {
                assert_eq!(sources.take(ip(guesser), now), n < BURST);
            }
        }
        for other in ["192.0.2.8", "2001:db8:0:2::7", "::c000:207"] {
            assert_eq!(sources.wait(ip(other), now), None, "{other}");
        }
        for same in ["::ffff:192.0.2.7", "2001:db8:0:1:ffff::"] {
            assert!(sources.wait(ip(same), now).is_some(), "{same}");
        }
    }
}
