//! Domain separation labels.

/// A purpose, mixed into every derivation, every tag and every AAD, so that a value made for one
/// purpose is useless for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Label {
    /// The key that wraps the root key in a slot.
    SlotWrap,
    /// A slot's commitment to its key.
    SlotCommit,
    /// The header's MAC.
    HdrMac,
    /// The sealed keyring, and the key that seals it.
    Keyring,
    /// The anchor outside the store.
    Anchor,
    /// The header's commitment to the root key.
    RootCommit,
    /// A sealed object.
    Obj,
    /// A sealed manifest row.
    Man,
    /// A log row and the chain through the log.
    Log,
    /// A key of the index.
    Idx,
    /// A manifest leaf of an object.
    LeafO,
    /// A manifest leaf of an index entry.
    LeafX,
    /// A stored token.
    Token,
    /// A stored one-time code.
    Otp,
    /// A sealed export.
    Export,
    /// A password that was proven, in the memory of a server.
    Proven,
    /// A sealed last use, in a database.
    Use,
}

impl Label {
    /// All labels.
    pub const ALL: [Self; 17] = [
        Self::SlotWrap,
        Self::SlotCommit,
        Self::HdrMac,
        Self::Keyring,
        Self::Anchor,
        Self::RootCommit,
        Self::Obj,
        Self::Man,
        Self::Log,
        Self::Idx,
        Self::LeafO,
        Self::LeafX,
        Self::Token,
        Self::Otp,
        Self::Export,
        Self::Proven,
        Self::Use,
    ];

    /// ASCII, padded with zeros to 16 bytes. Written in stores: never change one.
    pub const fn bytes(self) -> [u8; 16] {
        match self {
            Self::SlotWrap => *b"HP1/slot-wrap\0\0\0",
            Self::SlotCommit => *b"HP1/slot-commit\0",
            Self::HdrMac => *b"HP1/hdr-mac\0\0\0\0\0",
            Self::Keyring => *b"HP1/keyring\0\0\0\0\0",
            Self::Anchor => *b"HP1/anchor\0\0\0\0\0\0",
            Self::RootCommit => *b"HP1/root-commit\0",
            Self::Obj => *b"HP1/obj\0\0\0\0\0\0\0\0\0",
            Self::Man => *b"HP1/man\0\0\0\0\0\0\0\0\0",
            Self::Log => *b"HP1/log\0\0\0\0\0\0\0\0\0",
            Self::Idx => *b"HP1/idx\0\0\0\0\0\0\0\0\0",
            Self::LeafO => *b"HP1/leaf-o\0\0\0\0\0\0",
            Self::LeafX => *b"HP1/leaf-x\0\0\0\0\0\0",
            Self::Token => *b"HP1/token\0\0\0\0\0\0\0",
            Self::Otp => *b"HP1/otp\0\0\0\0\0\0\0\0\0",
            Self::Export => *b"HP1/export\0\0\0\0\0\0",
            Self::Proven => *b"HP1/proven\0\0\0\0\0\0",
            Self::Use => *b"HP1/use\0\0\0\0\0\0\0\0\0",
        }
    }
}
