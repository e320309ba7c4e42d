//! Restores a sink after a failure.

use std::io;

use super::sink::{DeferredSink, undelivered};
use crate::error::Error;

/// Restores what a sink held; returns the error that made this necessary.
pub(in crate::ops) fn put_back(sink: &mut dyn DeferredSink, source: io::Error) -> Error {
    match sink.put_back() {
        Ok(()) => undelivered(None, source),
        Err(again) => not_back(&source, &again),
    }
}

/// As [`restore_after`], for a secret that a rule now forbids: the rule is the error.
pub(super) fn put_back_refused(sink: &mut dyn DeferredSink, refused: Error) -> Error {
    match sink.put_back() {
        Ok(()) => refused,
        // Somebody has to look at the sink, whatever failed first.
        Err(again) => not_back(&io::Error::other(refused), &again),
    }
}

fn not_back(source: &io::Error, again: &io::Error) -> Error {
    let both = format!("{source}; and what was there before is not back: {again}");
    undelivered(None, io::Error::new(source.kind(), both))
}
