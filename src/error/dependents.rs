//! The dependents of a connection or an environment.

use std::fmt;

use crate::model::name::ProfileName;
use crate::model::token::TokenAddress;

/// Something that still refers to a connection or an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dependent {
    /// A profile that is restricted to it.
    Profile(ProfileName),
    /// A live token that is bound to it.
    Token(TokenAddress),
}

/// The dependents of a connection or an environment: the first few, and the number of the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dependents {
    /// The first few, sorted by their text.
    pub named: Vec<Dependent>,
    /// The number of the rest.
    pub more: usize,
}

impl Dependents {
    /// Whether there are no dependents.
    pub fn is_empty(&self) -> bool {
        self.named.is_empty()
    }
}

impl fmt::Display for Dependent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Profile(name) => write!(f, "profile {name}"),
            Self::Token(address) => write!(f, "{address}"),
        }
    }
}

impl fmt::Display for Dependents {
    /// `profile ci, ci/deploy, 3 more`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut texts: Vec<_> = self.named.iter().map(ToString::to_string).collect();
        if self.more > 0 {
            texts.push(format!("{} more", self.more));
        }
        f.write_str(&texts.join(", "))
    }
}
