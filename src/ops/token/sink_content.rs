//! What the sink of a declared token is seen to hold.

use crate::model::token::Token;
use crate::ops::delivery::Inspection;
use crate::ops::records::occupant::Occupant;

/// What is seen of the place of a declared token.
pub(in crate::ops) enum SinkContent {
    /// It has none, or one that cannot be read.
    Unseen,
    /// What it holds.
    Seen {
        /// All of it.
        found: Inspection,
        /// The token that it is, if it is one.
        token: Option<Token>,
    },
}

impl SinkContent {
    pub(in crate::ops) fn new(found: Inspection) -> Self {
        let text = found
            .content()
            .and_then(|content| std::str::from_utf8(content).ok());
        let token = text.and_then(|text| Token::parse(text).ok());
        Self::Seen { found, token }
    }

    /// The token that is there.
    pub(in crate::ops) fn token(&self) -> Option<&Token> {
        match self {
            Self::Unseen => None,
            Self::Seen { token, .. } => token.as_ref(),
        }
    }

    /// All that is there.
    pub(in crate::ops) fn content(&self) -> Option<&[u8]> {
        match self {
            Self::Unseen => None,
            Self::Seen { found, .. } => found.content(),
        }
    }

    /// What a new secret would replace.
    pub(in crate::ops) fn occupant(&self) -> Option<Occupant> {
        match self {
            Self::Unseen => None,
            Self::Seen { found, .. } => found.occupant,
        }
    }
}
