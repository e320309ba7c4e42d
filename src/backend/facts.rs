//! What runs the storage, for an operator.

/// The server of a database, and what the role can do there that it need not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseFacts {
    /// The name and version of the server, as it writes them.
    pub server: String,
    /// The role that hallpass has there.
    pub role: String,
    /// What the role can do although hallpass does not need it, in words that follow "it can".
    pub excess_rights: Vec<String>,
}
