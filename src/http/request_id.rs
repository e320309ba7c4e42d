//! The id of a request, by which its log line and audit rows are found.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use axum::http::HeaderMap;
use serde::{Serialize, Serializer};

use super::possible_secret::may_be_secret;
use crate::entropy::{Entropy, NoRandomness};
use crate::model::name::RequestId;

/// The header in which a trusted peer names a request.
const HEADER: &str = "x-request-id";

/// The longest id that is taken from it, in characters: also the length of a token in hex.
const LONGEST: usize = 64;

/// Whether what a peer says of a request is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// It is a trusted proxy.
    Trusted,
    /// It may be anybody.
    Untrusted,
}

/// The id of a request. Every request has it as an extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RequestTag {
    /// A trusted peer gave it: 1 to 64 visible ASCII characters.
    Given(Box<str>),
    /// It was made here.
    Made([u64; 2]),
}

impl RequestTag {
    /// The id for an audit row, if it has the characters of a name.
    pub(super) fn id(&self) -> Option<RequestId> {
        match self {
            Self::Given(id) => id.parse().ok(),
            // 32 hex digits are a name.
            Self::Made(_) => self.to_string().parse().ok(),
        }
    }
}

impl fmt::Display for RequestTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given(id) => id.fmt(f),
            Self::Made([process, request]) => write!(f, "{process:016x}{request:016x}"),
        }
    }
}

impl Serialize for RequestTag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Makes ids: random for the process, and never the same twice in it. The system's generator is
/// asked once, not for each request.
#[derive(Debug)]
pub(super) struct RequestTags {
    process: u64,
    next: AtomicU64,
}

impl RequestTags {
    /// Ids that begin at random.
    ///
    /// # Errors
    ///
    /// The random generator fails.
    pub(super) fn new(entropy: &mut dyn Entropy) -> Result<Self, NoRandomness> {
        let mut random = || {
            let mut bytes = [0; 8];
            entropy.fill(&mut bytes)?;
            Ok(u64::from_le_bytes(bytes))
        };
        Ok(Self {
            process: random()?,
            next: AtomicU64::new(random()?),
        })
    }

    /// The id of a request with these headers.
    pub(super) fn of(&self, headers: &HeaderMap, trust: Trust) -> RequestTag {
        let given = match trust {
            Trust::Trusted => given(headers),
            Trust::Untrusted => None,
        };
        given.map_or_else(|| self.make(), RequestTag::Given)
    }

    fn make(&self) -> RequestTag {
        let number = self.next.fetch_add(1, Relaxed);
        RequestTag::Made([self.process, scattered(number)])
    }
}

/// The id that a trusted peer gave, in one line. A client can choose it where the proxy passes it on,
/// so what may be a secret is not taken.
fn given(headers: &HeaderMap) -> Option<Box<str>> {
    let mut lines = headers.get_all(HEADER).iter();
    let text = lines.next()?.to_str().ok()?;
    let is_only = lines.next().is_none();
    let is_plain =
        !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|c| c.is_ascii_graphic());
    (is_only && is_plain && !may_be_secret(text)).then(|| text.into())
}

/// A number that looks random, another for each number: the finalizer of `SplitMix64` (Steele, Lea,
/// Flood, "Fast splittable pseudorandom number generators", 2014), which is a bijection.
fn scattered(number: u64) -> u64 {
    let mixed = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::entropy::{BrokenEntropy, OsEntropy};

    fn headers(values: &[&str]) -> HeaderMap {
        let field = |value: &&str| (HEADER.parse().unwrap(), value.parse().unwrap());
        values.iter().map(field).collect()
    }

    #[test]
    fn a_trusted_peer_names_a_request_and_nobody_else() {
        let tags = RequestTags::new(&mut OsEntropy).unwrap();
        let named = headers(&["req-1.a"]);
        let given = tags.of(&named, Trust::Trusted);
        assert_eq!(given, RequestTag::Given("req-1.a".into()));
        assert_eq!(given.id().unwrap().as_str(), "req-1.a");
        let wider = tags.of(&headers(&["Root=1-5e:7/a\"b"]), Trust::Trusted);
        assert_eq!(wider, RequestTag::Given("Root=1-5e:7/a\"b".into()));
        assert_eq!(wider.id(), None);
        let made = tags.of(&named, Trust::Untrusted);
        assert!(matches!(made, RequestTag::Made(_)));
        assert_eq!(made.id().unwrap().as_str(), made.to_string());
    }

    #[test]
    fn what_is_not_a_plain_id_is_replaced() {
        let tags = RequestTags::new(&mut OsEntropy).unwrap();
        let token = "hpass_063UfDVRKBz000A7dl5PEW67zZCpFU9uKaHnGgOvQKAR4bj7ez";
        let hex = "0123456789abcdef".repeat(4);
        let long = "r".repeat(65);
        let hex_part = &hex.to_uppercase()[..33];
        let refused: [&[&str]; 15] = [
            &["req-hpass_0"],
            &[&token[16..]],
            &[&format!("a={}", &token[20..43])],
            &[hex_part],
            &["5F0E6A9E3B7C4D2F8A1B0C9D8E7F6A5B"],
            &["key=5F0E6A9E3B7C4D2F8A1B0C9D8E7F6A5B;"],
            &["PHRva2VuPjx2ZXJzaW9uPjE8L3ZlcnNpb24"],
            &[],
            &[""],
            &["a", "b"],
            &["a b"],
            &["HPASS_x"],
            &[token],
            &[&hex],
            &[&long],
        ];
        for values in refused {
            let tag = tags.of(&headers(values), Trust::Trusted);
            assert!(matches!(tag, RequestTag::Made(_)), "{values:?}");
        }
        for usual in [
            "5f0e6a9e3b7c4d2f8a1b0c9d8e7f6a5b",
            "5F0E6A9E-3B7C-4D2F-8A1B-0C9D8E7F6A5B",
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "V1StGXR8_Z5jdHi6B-myT",
            "Root=1-67891233-abcdef012345678912345678",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            &"r-".repeat(32),
        ] {
            let tag = tags.of(&headers(&[usual]), Trust::Trusted);
            assert!(matches!(tag, RequestTag::Given(_)), "{usual}");
        }
    }

    #[test]
    fn no_two_requests_have_the_same_id() {
        let tags = RequestTags::new(&mut OsEntropy).unwrap();
        let made: BTreeSet<_> = (0..10_000).map(|_| tags.make().to_string()).collect();
        assert_eq!(made.len(), 10_000);
        assert!(made.iter().all(|id| id.len() == 32));
        let other = RequestTags::new(&mut OsEntropy).unwrap();
        assert_ne!(other.process, tags.process);
    }

    #[test]
    fn without_randomness_there_are_no_ids() {
        assert!(RequestTags::new(&mut BrokenEntropy).is_err());
    }
}
