//! What a sink holds where a new secret is to go, and whether that may be replaced by one.

use zeroize::Zeroizing;

use super::handover::undelivered;
use super::import::digest_of;
use super::sink::{Sink, unmarked};
use super::target::find_secret;
use crate::barrier::{Reader, Unique};
use crate::error::{Error, Result};
use crate::model::id::RecordId;
use crate::model::name::ProfileName;
use crate::model::profile::Profile;
use crate::model::token::{Foreign, Token};
use crate::ops::lookup;
use crate::ops::{Core, password};

/// What a new secret replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occupant {
    /// A token of hallpass.
    Token,
    /// A token of another system, which was imported.
    Import,
    /// A generated password of the profile.
    Password,
    /// Something that hallpass knows nothing of.
    Other,
}

impl Occupant {
    /// What people call it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Token => "a token",
            Self::Import => "a token of another system",
            Self::Password => "a generated password",
            Self::Other => "what was there",
        }
    }
}

/// Whose secret goes to a sink.
#[derive(Debug, Clone, Copy)]
pub(in crate::ops) enum Owner<'a> {
    /// The profile of that name, which need not be there yet.
    Named(&'a ProfileName),
    /// The profile with that record.
    Record(RecordId),
}

/// What a sink was seen to hold.
#[derive(Debug, Default)]
pub(in crate::ops) struct Found {
    content: Option<Zeroizing<Vec<u8>>>,
    /// What that is, if it is anything.
    pub(in crate::ops) occupant: Option<Occupant>,
}

impl Found {
    /// What may be replaced: this, and nothing that comes into its place.
    pub(in crate::ops) fn content(&self) -> Option<&[u8]> {
        self.content.as_ref().map(|content| content.as_slice())
    }
}

/// Sees whether a sink can take a secret, and whether what it holds may be replaced by it. Nothing is
/// made yet.
pub(in crate::ops) fn prepare(
    core: &mut Core,
    sink: &mut dyn Sink,
    owner: Owner<'_>,
) -> Result<Found> {
    sink.ready().map_err(|source| undelivered(None, source))?;
    let found = look(core, sink, owner)?;
    ensure_replaceable(sink, &found)?;
    Ok(found)
}

/// Refuses to replace what is no secret of ours, unless the caller has said so.
pub(in crate::ops) fn ensure_replaceable(sink: &dyn Sink, found: &Found) -> Result<()> {
    if found.occupant == Some(Occupant::Other) && !sink.overwrites() {
        return Err(Error::Occupied(sink.called()));
    }
    Ok(())
}

/// Sees what a sink holds.
pub(in crate::ops) fn look(
    core: &mut Core,
    sink: &mut dyn Sink,
    owner: Owner<'_>,
) -> Result<Found> {
    let content = sink.content().map_err(|source| undelivered(None, source))?;
    let text = content.as_ref().map(|it| unmarked(it).trim_ascii()).filter(|it| !it.is_empty());
    let occupant = match text {
        None => None,
        Some(text) if has_checksum(text) => Some(Occupant::Token),
        Some(text) => Some(core.read(|r| recognise(r, owner, text))?),
    };
    Ok(Found { content, occupant })
}

/// Whether this is a token that its own checksum shows to be one. In the other forms anything may look
/// like one: 64 hex digits are what many keys are.
fn has_checksum(text: &[u8]) -> bool {
    let text = std::str::from_utf8(text).ok();
    text.is_some_and(|text| Token::has_checksum(text) && Token::parse(text).is_ok())
}

/// What of this store, and of this profile, a text is.
fn recognise(r: &mut Reader<'_>, owner: Owner<'_>, text: &[u8]) -> Result<Occupant> {
    let Ok(text) = std::str::from_utf8(text) else { return Ok(Occupant::Other) };
    if let Ok(token) = Token::parse(text) {
        let own = find_secret(r, &token)?.is_some();
        return Ok(if own { Occupant::Token } else { Occupant::Other });
    }
    let Ok(foreign) = Foreign::parse(text) else { return Ok(Occupant::Other) };
    if r.find(Unique::Import(&digest_of(&foreign).0))?.is_some() {
        return Ok(Occupant::Import);
    }
    let profile = match owner {
        Owner::Named(name) => lookup::find::<Profile>(r, name)?,
        Owner::Record(id) => r.get::<Profile>(id)?.map(|profile| (id, profile)),
    };
    let Some((id, profile)) = profile else { return Ok(Occupant::Other) };
    let own = password::was_generated(r, id, &profile, foreign.expose())?;
    Ok(if own { Occupant::Password } else { Occupant::Other })
}
