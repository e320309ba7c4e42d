//! Classifies the content of a sink: a secret of this store, or something else.

use crate::barrier::{Reader, Unique};
use crate::error::Result;
use crate::model::id::RecordId;
use crate::model::name::ProfileName;
use crate::model::profile::Profile;
use crate::model::token::{Foreign, Token};
use crate::ops::records::token::{digest_of, find_secret};
use crate::ops::records::{generated_password, lookup};

/// The kind of content that a new secret replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occupant {
    /// A token of hallpass.
    Token,
    /// A token of another system, which was imported.
    Import,
    /// A generated password of the profile.
    Password,
    /// Anything else.
    Other,
}

impl Occupant {
    /// What messages call it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Token => "a token",
            Self::Import => "a token of another system",
            Self::Password => "a generated password",
            Self::Other => "what was there",
        }
    }
}

/// The profile whose secret is delivered to a sink.
#[derive(Debug, Clone, Copy)]
pub(in crate::ops) enum SinkOwner<'a> {
    /// The profile of that name, which may not exist yet.
    Named(&'a ProfileName),
    /// The profile with that record.
    Record(RecordId),
}

/// Classifies a text: which secret of this store and of this profile it is.
pub(in crate::ops) fn recognise(
    r: &mut Reader<'_>,
    owner: SinkOwner<'_>,
    text: &[u8],
) -> Result<Occupant> {
    let Ok(text) = std::str::from_utf8(text) else {
        return Ok(Occupant::Other);
    };
    if let Ok(token) = Token::parse(text) {
        let own = find_secret(r, &token)?.is_some();
        return Ok(if own {
            Occupant::Token
        } else {
            Occupant::Other
        });
    }
    let Ok(foreign) = Foreign::parse(text) else {
        return Ok(Occupant::Other);
    };
    if r.find(Unique::Import(&digest_of(&foreign).0))?.is_some() {
        return Ok(Occupant::Import);
    }
    let profile = match owner {
        SinkOwner::Named(name) => lookup::find::<Profile>(r, name)?,
        SinkOwner::Record(id) => r.get::<Profile>(id)?.map(|profile| (id, profile)),
    };
    let Some((id, profile)) = profile else {
        return Ok(Occupant::Other);
    };
    let own = generated_password::was_generated(r, id, &profile, foreign.expose())?;
    Ok(if own {
        Occupant::Password
    } else {
        Occupant::Other
    })
}

/// Whether the text is a token whose checksum proves it. In the other encodings other text looks
/// the same: many keys are 64 hex digits.
pub(in crate::ops) fn has_checksum(text: &[u8]) -> bool {
    let text = std::str::from_utf8(text).ok();
    text.is_some_and(|text| Token::has_checksum(text) && Token::parse(text).is_ok())
}
