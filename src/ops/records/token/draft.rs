//! Drafts of new tokens.

use crate::model::address::AddressRange;
use crate::model::name::{ConnectionName, EnvironmentName, ProfileName, TokenName};
use crate::model::text::Device;
use crate::model::time::Expiry;
use crate::model::token::Encoding;

/// The scope of a token whose draft names no connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Unnamed {
    /// Bound to the only connection in its profile's restriction; open if the restriction has
    /// several or there is none.
    #[default]
    TheOnly,
    /// Open: any connection that its profile may use.
    Any,
}

/// The properties of a new token.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its profile.
    pub profile: ProfileName,
    /// Its name within the profile.
    pub name: TokenName,
    /// The connection it is bound to.
    pub connection: Option<ConnectionName>,
    /// Its scope if `connection` is `None`.
    pub unnamed: Unnamed,
    /// The environment it is for; without one, the default.
    pub environment: Option<EnvironmentName>,
    /// The device it is bound to.
    pub device: Option<Device>,
    /// Its expiry; without one, the connection's lifetime or else the configured one applies.
    pub expires: Option<Expiry>,
    /// Addresses it may be used from; empty means any.
    pub allow_ip: Vec<AddressRange>,
    /// The encoding of the secret.
    pub form: Encoding,
}

impl Draft {
    /// A draft with that name and everything else left open.
    pub fn new(profile: ProfileName, name: TokenName) -> Self {
        Self {
            profile,
            name,
            connection: None,
            unnamed: Unnamed::TheOnly,
            environment: None,
            device: None,
            expires: None,
            allow_ip: Vec::new(),
            form: Encoding::Native,
        }
    }
}

/// The lifetime of a successor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuccessorLifetime {
    /// The lifetime of the old token, or as much of it as the connection now allows.
    Inherited,
    /// The lifetime of a new token with this requested expiry.
    Requested(Option<Expiry>),
}
