//! What the ids among the facts are called.

use crate::model::name::{ConnectionName, EnvironmentName};

/// The names behind the ids in [`Facts`](super::Facts).
#[derive(Debug, Clone, Copy)]
pub struct FactNames<'a> {
    /// The connection that the caller named.
    pub named_connection: Option<&'a ConnectionName>,
    /// The environment that the caller named.
    pub named_environment: Option<&'a EnvironmentName>,
    /// The environment of the token.
    pub environment: &'a EnvironmentName,
    /// The connections that the profile is restricted to.
    pub restriction: &'a [ConnectionName],
}
