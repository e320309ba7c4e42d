//! Rows of the five tables.

/// A sealed row of `obj` or `man`: the key that sealed it and the sealed bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Key id.
    pub kid: u32,
    /// Nonce, ciphertext and tag.
    pub sealed: Vec<u8>,
}

/// A row of `log`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    /// Position in the chain, from 1.
    pub seq: u64,
    /// The sealed entry.
    pub row: Row,
}

/// The longest value of a row in bytes: a frame of 1 MiB with nonce and tag.
pub const LONGEST: usize = (1 << 20) + 40;

/// Key of `obj`.
pub type ObjId = [u8; 16];
/// Key of `idx`: a keyed hash.
pub type IdxKey = [u8; 16];

/// The number of rows in each table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Header and keyring.
    pub hdr: u64,
    /// Objects.
    pub obj: u64,
    /// Index entries.
    pub idx: u64,
    /// Manifest rows.
    pub man: u64,
    /// Log rows.
    pub log: u64,
}
