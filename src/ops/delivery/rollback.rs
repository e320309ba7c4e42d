//! A sink gets back what it held, and the error says why that was needed.

use std::io;

use super::sink::{DeferredSink, undelivered};
use crate::error::Error;

/// Restores what a sink held; the error says why that was needed.
pub(in crate::ops) fn put_back(sink: &mut dyn DeferredSink, source: io::Error) -> Error {
    match sink.put_back() {
        Ok(()) => undelivered(None, source),
        Err(again) => not_back(&source, &again),
    }
}

/// As [`put_back`], of a secret that a rule forbids by now: the rule is the error.
pub(super) fn put_back_refused(sink: &mut dyn DeferredSink, refused: Error) -> Error {
    match sink.put_back() {
        Ok(()) => refused,
        // Somebody has to see to the place, whatever it was that went wrong first.
        Err(again) => not_back(&io::Error::other(refused), &again),
    }
}

fn not_back(source: &io::Error, again: &io::Error) -> Error {
    let both = format!("{source}; and what was there before could not be restored: {again}");
    undelivered(None, io::Error::new(source.kind(), both))
}
