//! Inspects the sink of a new secret, and decides whether its content may be replaced.

use zeroize::Zeroizing;

use super::sink::{DeferredSink, Delivery, undelivered, unmarked};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::model::name::ProfileName;
use crate::ops::records::occupant::{Occupant, SinkOwner, has_checksum, recognise};

/// The content found in a sink.
#[derive(Debug, Default)]
pub(in crate::ops) struct Inspection {
    content: Option<Zeroizing<Vec<u8>>>,
    /// What the content is, if there is any.
    pub(in crate::ops) occupant: Option<Occupant>,
}

impl Inspection {
    /// The content that may be replaced: exactly these bytes, and nothing written since.
    pub(in crate::ops) fn content(&self) -> Option<&[u8]> {
        self.content.as_ref().map(|content| content.as_slice())
    }
}

/// Checks that a sink can take a secret and that its content may be replaced. Changes nothing.
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

/// Refuses to replace content that is not a secret of this store, unless the caller allows it.
pub(in crate::ops) fn ensure_replaceable(
    sink: &dyn DeferredSink,
    found: &Inspection,
) -> Result<()> {
    if found.occupant == Some(Occupant::Other) && !sink.overwrites() {
        return Err(Error::Occupied(sink.display_name()));
    }
    Ok(())
}

/// Reads and classifies the content of a sink.
pub(in crate::ops) fn inspect(
    core: &mut Core,
    sink: &mut dyn DeferredSink,
    owner: SinkOwner<'_>,
) -> Result<Inspection> {
    let content = sink.content().map_err(|source| undelivered(None, source))?;
    let text = content
        .as_ref()
        .map(|content| unmarked(content).trim_ascii())
        .filter(|content| !content.is_empty());
    let occupant = match text {
        None => None,
        Some(text) if has_checksum(text) => Some(Occupant::Token),
        Some(text) => Some(core.read(|r| recognise(r, owner, text))?),
    };
    Ok(Inspection { content, occupant })
}

impl<New> Delivery<'_, New> {
    /// Checks that a secret of that profile could be delivered.
    pub(in crate::ops) fn ready(&mut self, core: &mut Core, owner: &ProfileName) -> Result<()> {
        match self {
            Self::Immediate(sink) => sink.ready().map_err(|source| undelivered(None, source)),
            Self::Deferred(sink) => prepare(core, &mut **sink, SinkOwner::Named(owner)).map(drop),
        }
    }
}
