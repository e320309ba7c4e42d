//! An address to listen on, or none.

use std::str::FromStr;

use hallpass::http::Address;
use hallpass::model::invalid::Invalid;

/// An address to listen on, or `off`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Listener {
    /// It is listened on.
    On(Address),
    /// Nothing is.
    Off,
}

impl Listener {
    /// Returns the address, if there is one.
    pub(crate) fn address(self) -> Option<Address> {
        match self {
            Self::On(address) => Some(address),
            Self::Off => None,
        }
    }
}

impl FromStr for Listener {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text == "off" {
            return Ok(Self::Off);
        }
        text.parse().map(Self::On)
    }
}
