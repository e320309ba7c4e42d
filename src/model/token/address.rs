//! How an operator refers to a token.

use std::fmt;
use std::str::FromStr;

use super::secret::Token;
use super::shape::{ID_PREFIX, looks_like_token};
use crate::model::id::TokenId;
use crate::model::invalid::Invalid;
use crate::model::name::{ProfileName, TokenName};

/// A reference to a token: by name, or by its public id. Never by the token itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenAddress {
    /// `PROFILE/NAME`: the live token that has the name.
    Named {
        /// The profile.
        profile: ProfileName,
        /// Its name.
        name: TokenName,
    },
    /// `hpass_` and 11 characters: any token, tombstones included.
    Id(TokenId),
}

const WHAT: &str = "a token's address";

impl FromStr for TokenAddress {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if looks_like_token(text) {
            return Err(whole_token(text));
        }
        if text.starts_with(ID_PREFIX) {
            return text.parse().map(Self::Id);
        }
        let hint = "use `PROFILE/NAME`, or its id: `hpass_` and 11 characters";
        let (profile, name) = text
            .split_once('/')
            .ok_or_else(|| Invalid::new(WHAT, hint))?;
        Ok(Self::Named {
            profile: profile.parse()?,
            name: name.parse()?,
        })
    }
}

/// The error for a secret on the command line: it explains what to pass instead and repeats
/// nothing.
fn whole_token(text: &str) -> Invalid {
    let id = TokenId::prefix_of(text.trim_ascii())
        .or_else(|| Token::parse(text).ok().map(|token| token.id()));
    let id = id.map_or_else(|| "its id".to_owned(), |id| format!("its id, `{id}`,"));
    Invalid::new(
        WHAT,
        "a whole token is a secret, which must not be an argument",
    )
    .with_hint(format!("give {id} or pipe the token into `--token-file -`"))
}

impl fmt::Display for TokenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named { profile, name } => write!(f, "{profile}/{name}"),
            Self::Id(id) => write!(f, "{id}"),
        }
    }
}
