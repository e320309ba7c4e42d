//! Issues and delivers a token in one transaction; after any failure it is not valid.

use std::io;

use super::sink::{ImmediateSink, not_committed, undelivered};
use crate::barrier::Writer;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::model::id::TokenId;
use crate::ops::records::token::{Issued, by_id, revoke_undelivered};

/// Issues a token in one transaction and delivers it; after any failure it is not valid.
///
/// A commit and a write to a pipe cannot be one atomic step. So all but the last byte of the secret
/// is written before the commit, and the last byte after it: a reader that waits for the whole line
/// has the secret only if it is valid.
pub(in crate::ops) fn deliver_immediately<T>(
    core: &mut Core,
    sink: &mut dyn ImmediateSink,
    make: impl FnMut(&mut Writer<'_>) -> Result<(T, Issued)>,
) -> Result<(T, Issued)> {
    deliver_undoing(core, sink, make, revoke_undelivered)
}

/// As [`deliver_immediately`], where a failure has to undo more, in one transaction, than one
/// token.
pub(in crate::ops) fn deliver_undoing<T>(
    core: &mut Core,
    sink: &mut dyn ImmediateSink,
    make: impl FnMut(&mut Writer<'_>) -> Result<(T, Issued)>,
    undo: impl FnMut(&mut Writer<'_>, TokenId) -> Result<()>,
) -> Result<(T, Issued)> {
    sink.ready().map_err(|source| undelivered(None, source))?;
    let mut offered = None;
    // Last of all: once the secret has been written, only the commit can still fail.
    let written = core.write_then(make, |both| {
        offered = Some(both.1.summary.id);
        sink.offer(&both.1)
            .map_err(|source| undelivered(None, source))
    });
    match (written, offered) {
        (Ok(both), _) => match sink.finish() {
            Ok(()) => Ok(both),
            Err(source) => Err(roll_back(core, both.1.summary.id, source, undo)),
        },
        (Err(failure), Some(id)) => Err(after_failure(core, id, failure, undo)),
        (Err(failure), None) => Err(failure),
    }
}

/// A failed commit may have taken effect after all. If it has, the secret is revoked.
fn after_failure(
    core: &mut Core,
    id: TokenId,
    failure: Error,
    undo: impl FnMut(&mut Writer<'_>, TokenId) -> Result<()>,
) -> Error {
    match core.read(|r| by_id(r, id)) {
        Ok(Some(_)) => roll_back(core, id, io::Error::other(failure), undo),
        Ok(None) | Err(_) => not_committed(failure),
    }
}

/// Undoes what was not delivered completely.
fn roll_back(
    core: &mut Core,
    id: TokenId,
    source: io::Error,
    mut undo: impl FnMut(&mut Writer<'_>, TokenId) -> Result<()>,
) -> Error {
    match core.write(|w| undo(w, id)) {
        Ok(()) => undelivered(Some(id), source),
        Err(failure) => Error::StillValid {
            token: id,
            source: Box::new(failure),
        },
    }
}
