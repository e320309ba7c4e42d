//! Heads of the audit log's hash chain.

use std::fmt;
use std::str::FromStr;

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use serde::{Serialize, Serializer};

use crate::model::invalid::Invalid;

/// A position in the audit log and the chain's head after it, which covers every entry up to there.
///
/// Text is `12:` and 64 hex digits. It is not secret: anyone who keeps it elsewhere can prove later
/// that nothing up to it was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogHead {
    /// The number of the entry, from 1.
    pub seq: u64,
    /// The head after that entry.
    pub head: [u8; 32],
}

impl fmt::Display for LogHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}:{}", self.seq, HEXLOWER.encode(&self.head)))
    }
}

impl FromStr for LogHead {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let parsed = || {
            let (seq, head) = text.split_once(':')?;
            let seq = seq
                .bytes()
                .all(|c| c.is_ascii_digit())
                .then(|| seq.parse().ok())??;
            let bytes = HEXLOWER_PERMISSIVE.decode(head.as_bytes()).ok()?;
            Some(Self {
                seq,
                head: bytes.try_into().ok()?,
            })
        };
        let hint = "use what `hallpass audit head` printed: a number, `:` and 64 hex digits";
        parsed().ok_or_else(|| Invalid::new("a head of the log", hint))
    }
}

impl Serialize for LogHead {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
