//! What the keeper is asked for.

/// What the keeper is asked for; those that are more urgent come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wish {
    /// To read the store into memory again, since it may fit now.
    Load,
    /// To check the whole store some time: its files have changed, and something was committed.
    Later,
    /// To check the whole store: its files have changed, though nothing was committed.
    Check,
    /// To check the whole store at once: the doors are closed until that is done.
    Now,
    /// To end.
    End,
}
