//! A token that was made or imported, and what was assumed for it.

use super::summary::Summary;
use crate::model::id::RecordId;
use crate::model::name::{ConnectionName, EnvironmentName};
use crate::model::time::Span;
use crate::ops::records::occupant::Occupant;
use crate::secret::SecretText;

/// A new token, with its secret: the one time it is seen.
#[derive(Debug)]
pub struct Issued {
    /// The token.
    pub summary: Summary,
    /// Its secret, in the spelling that was asked for.
    pub secret: SecretText,
    /// What the draft left open and how it was filled.
    pub assumed: Assumed,
    /// How it came about.
    pub how: How,
    /// What its sink held before, if it held anything.
    pub replaced: Option<Occupant>,
    pub(in crate::ops) owner: RecordId,
}

/// How a call came by its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It made it.
    Made,
    /// It found it in its sink, made by a call that was killed before it was good, and finished
    /// that.
    Finished,
}

/// What a draft left open and how it was filled; `None` where the draft said it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assumed {
    /// The default environment.
    pub environment: Option<EnvironmentName>,
    /// The only connection of the profile's restriction.
    pub connection: Option<ConnectionName>,
    /// The lifetime.
    pub lifetime: Option<Lifetime>,
}

/// An assumed lifetime, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lifetime {
    /// How long.
    pub span: Span,
    /// Whose lifetime it is; `None` is the setting `token_lifetime`.
    pub connection: Option<ConnectionName>,
}

/// A token that was imported. Its secret is where it was before.
#[derive(Debug)]
pub struct Imported {
    /// The token.
    pub summary: Summary,
    /// What the draft left open and how it was filled.
    pub assumed: Assumed,
}
