//! The result of issuing or importing a token, with the defaults that were applied.

use super::summary::Summary;
use crate::model::id::RecordId;
use crate::model::name::{ConnectionName, EnvironmentName};
use crate::model::time::Span;
use crate::ops::records::occupant::Occupant;
use crate::secret::SecretText;

/// A new token with its secret, which is available only here.
#[derive(Debug)]
pub struct Issued {
    /// The token.
    pub summary: Summary,
    /// Its secret, in the requested encoding.
    pub secret: SecretText,
    /// The defaults for what the draft left open.
    pub assumed: Assumed,
    /// How the call obtained it.
    pub how: How,
    /// The content of the sink that was replaced, if any.
    pub replaced: Option<Occupant>,
    pub(in crate::ops) owner: RecordId,
}

/// How a call obtained its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It issued the token.
    Made,
    /// It found the token in its sink, issued by a call that was killed before the activation, and
    /// activated it.
    Finished,
}

/// The defaults for what a draft left open; `None` where the draft had a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assumed {
    /// The default environment.
    pub environment: Option<EnvironmentName>,
    /// The only connection of the profile's restriction.
    pub connection: Option<ConnectionName>,
    /// The default lifetime.
    pub lifetime: Option<Lifetime>,
}

/// A default lifetime and its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lifetime {
    /// The duration.
    pub span: Span,
    /// The connection whose lifetime it is; `None` for the setting `token_lifetime`.
    pub connection: Option<ConnectionName>,
}

/// An imported token. Its secret stays where it was.
#[derive(Debug)]
pub struct Imported {
    /// The token.
    pub summary: Summary,
    /// The defaults for what the draft left open.
    pub assumed: Assumed,
}
