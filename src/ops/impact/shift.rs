//! How a change moves where one token is valid.

/// In what way tokens stay valid for less.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Narrowing {
    /// For fewer connections.
    pub connections: bool,
    /// From fewer addresses.
    pub addresses: bool,
}

/// How it changes where a token is valid.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shift {
    /// It is valid, and will not be anywhere.
    pub(super) stops: bool,
    /// It stays valid, for less.
    pub(super) narrowing: Narrowing,
    /// It will be valid where it is not now.
    pub(super) gains: bool,
}
