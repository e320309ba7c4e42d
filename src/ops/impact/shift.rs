//! How a change shifts where one token is valid.

/// In what respect tokens are valid for less.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Narrowing {
    /// For fewer connections.
    pub connections: bool,
    /// From fewer addresses.
    pub addresses: bool,
}

/// The difference in where a token is valid.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shift {
    /// It is valid before and not valid anywhere after.
    pub(super) stops: bool,
    /// It stays valid, in fewer cases.
    pub(super) narrowing: Narrowing,
    /// It is valid after where it is not before.
    pub(super) gains: bool,
}
