//! All connections: how many there may be, and which one goes when there are too many.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::peer::Peer;
use super::progress::Progress;

/// How many connections a peer may have that is not trusted.
pub(super) const MOST_OF_A_PEER: usize = 256;

/// How many connections may be on their way out while another is accepted: each holds its descriptor
/// until it is closed, and the store needs some too.
const MOST_LEAVING: usize = 8;

/// All connections.
pub(super) struct Crowd {
    most: AtomicUsize,
    members: Mutex<Members>,
    left: Notify,
}

#[derive(Default)]
struct Members {
    next: u64,
    all: HashMap<u64, Member>,
    of_peers: HashMap<Source, usize>,
    /// How many seats there are: those of the members, and of who has to go and is not gone yet.
    seats: usize,
}

struct Member {
    /// Who it counts for; `None` for a trusted peer.
    source: Option<Source>,
    progress: Arc<Progress>,
    evicted: Arc<Notify>,
}

/// Whose connections are counted together: an address, or the network that one IPv6 client has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Source {
    Address(IpAddr),
    Unix,
}

impl From<Peer> for Source {
    fn from(peer: Peer) -> Self {
        match peer {
            Peer::Address(IpAddr::V6(address)) => {
                let network = address.to_bits() >> 64 << 64;
                Self::Address(Ipv6Addr::from_bits(network).into())
            }
            Peer::Address(address) => Self::Address(address),
            Peer::Unix => Self::Unix,
        }
    }
}

/// Whether the limit of a peer holds for a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Trusted,
    Untrusted,
}

impl Crowd {
    /// No connections, of which there may be `most`.
    pub(super) fn new(most: usize) -> Self {
        Self {
            most: AtomicUsize::new(most),
            members: Mutex::default(),
            left: Notify::new(),
        }
    }

    /// Sets how many there may be. Those that are too many stay until others come.
    pub(super) fn limit(&self, most: usize) {
        self.most.store(most, Ordering::Relaxed);
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.members().all.len()
    }

    /// Adds a connection. If there are too many, the one that has been of no use for longest is
    /// closed for it, of the same peer or of all. `None` if all of them are being answered.
    pub(super) fn admit(self: &Arc<Self>, peer: Peer, standing: Standing) -> Option<Seat> {
        let source = (standing == Standing::Untrusted).then(|| Source::from(peer));
        let mut members = self.members();
        if let Some(source) = source
            && members.of_peers.get(&source).copied().unwrap_or_default() >= MOST_OF_A_PEER
        {
            members.evict(|it| it.source == Some(source))?;
        }
        if members.all.len() >= self.most.load(Ordering::Relaxed) {
            // A stranger costs no trusted peer its connection.
            let untrusted = members.evict(|it| it.source.is_some());
            if untrusted.is_none() {
                members.evict(|it| it.source.is_none() && source.is_none())?;
            }
        }
        Some(self.seat(&mut members, source))
    }

    /// Closes the connection that has been of no use for longest.
    pub(super) fn evict_one(&self) {
        self.members().evict(|_| true);
    }

    /// Waits until there are none.
    pub(super) async fn empty(&self) {
        self.until(|members| members.all.is_empty()).await;
    }

    /// Waits until those that had to go are gone, but for a few.
    pub(super) async fn settled(&self) {
        self.until(|members| members.seats <= members.all.len() + MOST_LEAVING)
            .await;
    }

    async fn until(&self, is_so: impl Fn(&Members) -> bool) {
        loop {
            let left = self.left.notified();
            if is_so(&self.members()) {
                return;
            }
            left.await;
        }
    }

    fn seat(self: &Arc<Self>, members: &mut Members, source: Option<Source>) -> Seat {
        let id = members.next;
        members.next += 1;
        let progress = Arc::new(Progress::new());
        let evicted = Arc::new(Notify::new());
        let member = Member {
            source,
            progress: Arc::clone(&progress),
            evicted: Arc::clone(&evicted),
        };
        members.all.insert(id, member);
        members.seats += 1;
        if let Some(source) = source {
            *members.of_peers.entry(source).or_default() += 1;
        }
        Seat {
            crowd: Arc::clone(self),
            id,
            progress,
            evicted,
        }
    }

    fn members(&self) -> MutexGuard<'_, Members> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Members {
    /// Removes the member that has been of no use for longest among those that `fit`.
    fn evict(&mut self, fit: impl Fn(&Member) -> bool) -> Option<()> {
        let fitting = self.all.iter().filter(|(_, member)| fit(member));
        let useless = fitting.filter_map(|(id, it)| Some((it.progress.useless_since()?, *id)));
        let (_, id) = useless.min()?;
        self.remove(id)?.evicted.notify_one();
        Some(())
    }

    fn remove(&mut self, id: u64) -> Option<Member> {
        let member = self.all.remove(&id)?;
        if let Some(source) = member.source
            && let Some(count) = self.of_peers.get_mut(&source)
        {
            *count -= 1;
            if *count == 0 {
                self.of_peers.remove(&source);
            }
        }
        Some(member)
    }
}

/// The place of a connection among all of them, until it is dropped.
pub(super) struct Seat {
    crowd: Arc<Crowd>,
    id: u64,
    progress: Arc<Progress>,
    evicted: Arc<Notify>,
}

impl Seat {
    /// How far the connection is.
    pub(super) fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }

    /// Waits until another connection needs the place.
    pub(super) async fn evicted(&self) {
        self.evicted.notified().await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut members = self.crowd.members();
        members.remove(self.id);
        members.seats -= 1;
        drop(members);
        self.crowd.left.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(last: u8) -> Peer {
        Peer::Address([192, 0, 2, last].into())
    }

    fn is_evicted(seat: &Seat) -> bool {
        !seat.crowd.members().all.contains_key(&seat.id)
    }

    #[tokio::test(start_paused = true)]
    async fn beyond_the_limit_the_one_of_no_use_for_longest_goes() {
        let crowd = Arc::new(Crowd::new(3));
        let mut seats = Vec::new();
        for last in 0..3 {
            tokio::time::advance(std::time::Duration::from_secs(1)).await;
            seats.push(crowd.admit(peer(last), Standing::Untrusted).unwrap());
        }
        seats[0].progress().answered();
        // Bytes without an end are of no use.
        seats[1].progress().received();
        let newcomer = crowd.admit(peer(9), Standing::Untrusted).unwrap();
        assert!(is_evicted(&seats[1]) && !is_evicted(&seats[0]) && !is_evicted(&newcomer));
        seats[1].evicted().await;
        assert_eq!(crowd.count(), 3);
        for seat in [&seats[0], &seats[2], &newcomer] {
            seat.progress().asked();
        }
        assert!(
            crowd.admit(peer(9), Standing::Untrusted).is_none(),
            "all are busy"
        );
        drop((seats, newcomer));
        assert_eq!(crowd.count(), 0);
        assert!(crowd.members().of_peers.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn one_goes_where_the_system_gives_no_more() {
        let crowd = Arc::new(Crowd::new(10));
        let first = crowd.admit(peer(1), Standing::Trusted).unwrap();
        tokio::time::advance(std::time::Duration::from_secs(1)).await;
        let second = crowd.admit(peer(2), Standing::Untrusted).unwrap();
        first.progress().asked();
        crowd.evict_one();
        assert!(is_evicted(&second) && !is_evicted(&first));
        crowd.evict_one();
        assert!(!is_evicted(&first), "it is being answered");
    }

    #[tokio::test]
    async fn a_peer_that_is_not_trusted_has_a_limit_of_its_own() {
        let crowd = Arc::new(Crowd::new(10_000));
        let other = crowd.admit(peer(2), Standing::Untrusted).unwrap();
        let many = |peer: Peer, standing| -> Vec<Seat> {
            let admit = |_| crowd.admit(peer, standing).unwrap();
            (0..=MOST_OF_A_PEER).map(admit).collect()
        };
        let of_one = many(peer(1), Standing::Untrusted);
        assert_eq!(of_one.iter().filter(|it| is_evicted(it)).count(), 1);
        assert!(is_evicted(&of_one[0]) && !is_evicted(&other));
        let of_a_proxy = many(peer(3), Standing::Trusted);
        assert!(!of_a_proxy.iter().any(is_evicted));
        let local = many(Peer::Unix, Standing::Untrusted);
        assert_eq!(local.iter().filter(|it| is_evicted(it)).count(), 1);
    }

    #[tokio::test]
    async fn addresses_of_one_network_are_one_peer_in_version_6_only() {
        let source = |text: &str| Source::from(Peer::Address(text.parse().unwrap()));
        assert_eq!(source("2001:db8::1"), source("2001:db8::ffff:0:0:2"));
        assert_ne!(source("2001:db8::1"), source("2001:db8:0:1::1"));
        assert_ne!(source("192.0.2.1"), source("192.0.2.2"));
    }

    #[tokio::test]
    async fn a_stranger_costs_no_trusted_peer_its_connection() {
        let crowd = Arc::new(Crowd::new(1));
        let proxy = crowd.admit(peer(1), Standing::Trusted).unwrap();
        assert!(crowd.admit(peer(2), Standing::Untrusted).is_none());
        assert!(!is_evicted(&proxy));
        let newer = crowd.admit(peer(1), Standing::Trusted).unwrap();
        assert!(is_evicted(&proxy) && !is_evicted(&newer));
    }

    #[tokio::test]
    async fn waiting_for_the_end_of_all_ends_with_the_last() {
        let crowd = Arc::new(Crowd::new(2));
        let seat = crowd.admit(peer(1), Standing::Untrusted).unwrap();
        let waiting = tokio::spawn({
            let crowd = Arc::clone(&crowd);
            async move { crowd.empty().await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(seat);
        waiting.await.unwrap();
    }

    #[tokio::test]
    async fn nobody_is_admitted_while_many_that_had_to_go_still_hold_their_descriptors() {
        let crowd = Arc::new(Crowd::new(1));
        let mut seats: Vec<_> = (0..=MOST_LEAVING)
            .map(|_| crowd.admit(peer(1), Standing::Untrusted).unwrap())
            .collect();
        crowd.settled().await;
        seats.push(crowd.admit(peer(1), Standing::Untrusted).unwrap());
        assert_eq!(crowd.count(), 1, "the premise: all others had to go");
        let waiting = tokio::spawn({
            let crowd = Arc::clone(&crowd);
            async move { crowd.settled().await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        seats.remove(0);
        waiting.await.unwrap();
    }
}
