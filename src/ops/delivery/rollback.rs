//! Restores a sink after a failure.

use std::io;

use super::sink::{DeferredSink, undelivered};
use crate::error::Error;

/// Restores what a sink held; returns the error that made this necessary.
pub(in crate::ops) fn restore_after(sink: &mut dyn DeferredSink, source: io::Error) -> Error {
    match sink.restore() {
        Ok(()) => undelivered(None, source),
        Err(again) => not_restored(&source, &again),
    }
}

/// As [`restore_after`], for a secret that a rule now forbids: the rule is the error.
pub(super) fn restore_after_refusal(sink: &mut dyn DeferredSink, refused: Error) -> Error {
    match sink.restore() {
        Ok(()) => refused,
        // Somebody has to look at the sink, whatever failed first.
        Err(again) => not_restored(&io::Error::other(refused), &again),
    }
}

fn not_restored(source: &io::Error, again: &io::Error) -> Error {
    let both = format!("{source}; and what was there before could not be restored: {again}");
    undelivered(None, io::Error::new(source.kind(), both))
}
