//! The content of a declared token's sink.

use crate::model::token::Token;
use crate::ops::delivery::Inspection;
use crate::ops::records::occupant::Occupant;

/// The content of a declared token's sink.
pub(in crate::ops) enum SinkContent {
    /// The token has no sink, or one that cannot be read.
    Unseen,
    /// The sink was read.
    Seen {
        /// Its content.
        found: Inspection,
        /// The token in the content, if it is one.
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

    /// The token in the sink.
    pub(in crate::ops) fn token(&self) -> Option<&Token> {
        match self {
            Self::Unseen => None,
            Self::Seen { token, .. } => token.as_ref(),
        }
    }

    /// The content of the sink.
    pub(in crate::ops) fn content(&self) -> Option<&[u8]> {
        match self {
            Self::Unseen => None,
            Self::Seen { found, .. } => found.content(),
        }
    }

    /// The kind of content that a new secret would replace.
    pub(in crate::ops) fn occupant(&self) -> Option<Occupant> {
        match self {
            Self::Unseen => None,
            Self::Seen { found, .. } => found.occupant,
        }
    }
}
