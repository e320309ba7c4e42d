//! What a sink holds where a new secret is to go, and whether that may be replaced by one.

use zeroize::Zeroizing;

use super::sink::{DeferredSink, Delivery, undelivered, unmarked};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::model::name::ProfileName;
use crate::ops::records::occupant::{Occupant, SinkOwner, has_checksum, recognise};

/// What a sink was seen to hold.
#[derive(Debug, Default)]
pub(in crate::ops) struct Inspection {
    content: Option<Zeroizing<Vec<u8>>>,
    /// What that is, if it is anything.
    pub(in crate::ops) occupant: Option<Occupant>,
}

impl Inspection {
    /// What may be replaced: this, and nothing that comes into its place.
    pub(in crate::ops) fn content(&self) -> Option<&[u8]> {
        self.content.as_ref().map(|content| content.as_slice())
    }
}

/// Sees whether a sink can take a secret, and whether what it holds may be replaced by it. Nothing is
/// made yet.
pub(in crate::ops) fn prepare(
    core: &mut Core,
    sink: &mut dyn DeferredSink,
    owner: SinkOwner<'_>,
) -> Result<Inspection> {
    sink.ready().map_err(|source| undelivered(None, source))?;
    let found = inspect(core, sink, owner)?;
    ensure_replaceable(sink, &found)?;
    Ok(found)
}

/// Refuses to replace what is no secret of ours, unless the caller has said so.
pub(in crate::ops) fn ensure_replaceable(
    sink: &dyn DeferredSink,
    found: &Inspection,
) -> Result<()> {
    if found.occupant == Some(Occupant::Other) && !sink.overwrites() {
        return Err(Error::Occupied(sink.called()));
    }
    Ok(())
}

/// Sees what a sink holds.
pub(in crate::ops) fn inspect(
    core: &mut Core,
    sink: &mut dyn DeferredSink,
    owner: SinkOwner<'_>,
) -> Result<Inspection> {
    let content = sink.content().map_err(|source| undelivered(None, source))?;
    let text = content
        .as_ref()
        .map(|it| unmarked(it).trim_ascii())
        .filter(|it| !it.is_empty());
    let occupant = match text {
        None => None,
        Some(text) if has_checksum(text) => Some(Occupant::Token),
        Some(text) => Some(core.read(|r| recognise(r, owner, text))?),
    };
    Ok(Inspection { content, occupant })
}

impl<New> Delivery<'_, New> {
    /// Sees whether a secret of that profile could be delivered.
    pub(in crate::ops) fn ready(&mut self, core: &mut Core, owner: &ProfileName) -> Result<()> {
        match self {
            Self::Immediate(sink) => sink.ready().map_err(|source| undelivered(None, source)),
            Self::Deferred(sink) => prepare(core, &mut **sink, SinkOwner::Named(owner)).map(drop),
        }
    }
}
