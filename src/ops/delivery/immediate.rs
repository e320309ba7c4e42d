//! A token is made and delivered in one transaction: whatever fails, it is not left valid.

use std::io;

use super::sink::{ImmediateSink, undelivered};
use crate::barrier::Writer;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::model::id::TokenId;
use crate::ops::records::token::{Issued, by_id, revoke_undelivered};

/// Makes a token in one transaction and delivers it; whatever fails, it is not left valid.
///
/// Nothing can make a commit and a write to a pipe one step. So the secret is written but for its last
/// byte before the commit, and that byte after it: a reader that waits for the whole line has it only
/// if it is valid.
pub(in crate::ops) fn deliver_immediately<T>(
    core: &mut Core,
    sink: &mut dyn ImmediateSink,
    make: impl FnMut(&mut Writer<'_>) -> Result<(T, Issued)>,
) -> Result<(T, Issued)> {
    deliver_undoing(core, sink, make, revoke_undelivered)
}

/// As [`deliver_immediately`], where more is to be undone, in one transaction, than one token is to be revoked.
pub(in crate::ops) fn deliver_undoing<T>(
    core: &mut Core,
    sink: &mut dyn ImmediateSink,
    make: impl FnMut(&mut Writer<'_>) -> Result<(T, Issued)>,
    undo: impl FnMut(&mut Writer<'_>, TokenId) -> Result<()>,
) -> Result<(T, Issued)> {
    sink.ready().map_err(|source| undelivered(None, source))?;
    let mut offered = None;
    // Last of all, so that nothing but the commit can still fail once the secret is out.
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

/// A commit that failed may have taken effect all the same. What is there then is revoked.
fn after_failure(
    core: &mut Core,
    id: TokenId,
    failure: Error,
    undo: impl FnMut(&mut Writer<'_>, TokenId) -> Result<()>,
) -> Error {
    match core.read(|r| by_id(r, id)) {
        Ok(Some(_)) => roll_back(core, id, io::Error::other(failure), undo),
        Ok(None) | Err(_) => failure,
    }
}

/// Undoes what could not be delivered completely.
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
