//! What a token is to be.

use crate::model::address::AddressRange;
use crate::model::name::{ConnectionName, EnvironmentName, ProfileName, TokenName};
use crate::model::text::Device;
use crate::model::time::Expiry;
use crate::model::token::Encoding;

/// What a token is for whose draft names no connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Unnamed {
    /// The only connection of its profile's restriction; if that has several, or there is none, any
    /// that its profile may use.
    #[default]
    TheOnly,
    /// Any that its profile may use.
    Any,
}

/// What a token is to be.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Whose it is.
    pub profile: ProfileName,
    /// Its name within the profile.
    pub name: TokenName,
    /// The connection it is bound to.
    pub connection: Option<ConnectionName>,
    /// What it is for without one.
    pub unnamed: Unnamed,
    /// The environment it is for; without one, the default.
    pub environment: Option<EnvironmentName>,
    /// The device it is bound to.
    pub device: Option<Device>,
    /// When it ends; without one, with the connection's lifetime or else the setting's.
    pub expires: Option<Expiry>,
    /// Where it may be used from; empty is anywhere.
    pub allow_ip: Vec<AddressRange>,
    /// How it is spelled.
    pub form: Encoding,
}

impl Draft {
    /// A token of that name with everything else left open.
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

/// How long a successor lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// As long as the old one was to live, or as its connection allows by now.
    AsBefore,
    /// As a new token for which this was asked.
    As(Option<Expiry>),
}
