//! New secrets are delivered to their sinks before they are valid, and withdrawn if they never
//! become valid.

use std::io;

use super::wrong::part;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::model::token::{Encoding, Token};
use crate::ops::delivery::{self, DeferredSink, undelivered};
use crate::ops::records::occupant::SinkOwner;
use crate::ops::token::{Declared, SinkContent, Source};

/// Inspects the sinks; their errors are added to `wrong`.
pub(super) fn inspect_sinks(
    core: &mut Core,
    declared: &mut [Declared],
    wrong: &mut Vec<Error>,
) -> Result<Vec<SinkContent>> {
    let mut look = |token: &mut Declared| {
        let address = token.address();
        let Declared {
            profile,
            source: Source::Sink { sink, .. },
            ..
        } = token
        else {
            return Ok(SinkContent::Unseen);
        };
        if !sink.is_readable() {
            return Ok(SinkContent::Unseen);
        }
        match delivery::inspect(core, &mut **sink, SinkOwner::Named(profile)) {
            Ok(found) => Ok(SinkContent::new(found)),
            Err(failure) => match part("token", &address, failure) {
                failure @ Error::Part { .. } => {
                    wrong.push(failure);
                    Ok(SinkContent::Unseen)
                }
                failure => Err(failure),
            },
        }
    };
    declared.iter_mut().map(&mut look).collect()
}

/// Refuses to replace content that is not a secret of this store with a new token.
pub(super) fn ensure_replaceable(declared: &Declared, held: &SinkContent) -> Result<()> {
    match (&declared.source, held) {
        (Source::Sink { sink, .. }, SinkContent::Seen { found, .. }) => {
            delivery::ensure_replaceable(&**sink, found)
        }
        _ => Ok(()),
    }
}

/// Progress of delivery: secrets delivered, and their total. An error aborts the delivery.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64) -> io::Result<()>;

/// Delivers each secret to its sink, or none: after a failure, every sink is restored.
pub(super) fn deliver(
    declared: &mut [Declared],
    secrets: &[Option<Token>],
    held: &[SinkContent],
    onwards: Progress<'_>,
) -> Result<()> {
    let mut pending = deliveries(declared, secrets, held);
    for delivery in &mut pending {
        delivery
            .sink
            .ready()
            .map_err(|source| delivery.failed(source))?;
    }
    let total = pending.len();
    for n in 0..total {
        let Some(delivery) = pending.get_mut(n) else {
            break;
        };
        let delivered = delivery
            .deliver()
            .and_then(|()| onwards(n as u64 + 1, total as u64));
        if let Err(source) = delivered {
            let failure = delivery.failed(source);
            pending.truncate(n + 1);
            return Err(withdraw(pending, failure));
        }
    }
    Ok(())
}

/// Makes sure that every readable sink still holds what it should: another call may have replaced
/// it.
pub(super) fn ensure_untouched(
    core: &mut Core,
    declared: &mut [Declared],
    secrets: &[Option<Token>],
    held: &[SinkContent],
) -> Result<()> {
    let mut wrong = Vec::new();
    let now = inspect_sinks(core, declared, &mut wrong)?;
    if let Some(first) = wrong.into_iter().next() {
        return Err(first);
    }
    let ids = |held: &SinkContent| held.token().map(Token::id);
    let expected = secrets
        .iter()
        .zip(held)
        .map(|(secret, before)| match secret {
            Some(secret) => Some(secret.id()),
            None => ids(before),
        });
    let untouched = now
        .iter()
        .zip(expected)
        .all(|(now, expected)| matches!(now, SinkContent::Unseen) || ids(now) == expected);
    if untouched { Ok(()) } else { Err(Error::Moved) }
}

/// Restores every sink after a failure elsewhere.
pub(super) fn restore_all(
    declared: &mut [Declared],
    secrets: &[Option<Token>],
    held: &[SinkContent],
    failure: Error,
) -> Error {
    let mut pending = deliveries(declared, secrets, held);
    // Every sink was reached.
    for delivery in &mut pending {
        delivery.delivered = true;
    }
    withdraw(pending, failure)
}

/// A secret and the sink it is delivered to.
struct PendingDelivery<'a> {
    secret: &'a Token,
    form: Encoding,
    address: String,
    sink: &'a mut dyn DeferredSink,
    /// The content found when the sink was inspected.
    held: Option<&'a [u8]>,
    delivered: bool,
}

impl PendingDelivery<'_> {
    fn deliver(&mut self) -> io::Result<()> {
        self.sink
            .deliver(&self.secret.encode(self.form), self.held)?;
        self.delivered = true;
        Ok(())
    }

    fn failed(&self, source: io::Error) -> Error {
        part("token", &self.address, undelivered(None, source))
    }
}

/// Sinks that cannot be read come last: if the call is killed in between, the next call sees that
/// the others hold the wrong token, and delivers new secrets to all of them.
fn deliveries<'a>(
    declared: &'a mut [Declared],
    secrets: &'a [Option<Token>],
    held: &'a [SinkContent],
) -> Vec<PendingDelivery<'a>> {
    let with_secret = declared.iter_mut().zip(secrets).zip(held);
    let mut pending: Vec<_> = with_secret
        .filter_map(|((token, secret), held)| {
            let secret = secret.as_ref()?;
            let address = token.address();
            let Declared {
                form,
                source: Source::Sink { sink, .. },
                ..
            } = token
            else {
                return None;
            };
            let sink = &mut **sink;
            let held = held.content();
            Some(PendingDelivery {
                secret,
                form: *form,
                address,
                sink,
                held,
                delivered: false,
            })
        })
        .collect();
    pending.sort_by_key(|delivery| !delivery.sink.is_readable());
    pending
}

/// Restores the last sink first: two of them may be in one file. A secret passed to a command
/// cannot be withdrawn; the error reports that.
fn withdraw(pending: Vec<PendingDelivery<'_>>, failure: Error) -> Error {
    let mut left = Vec::new();
    let mut kept = Vec::new();
    for delivery in pending.into_iter().rev() {
        if !delivery.sink.is_readable() && delivery.delivered {
            kept.push(format!("`{}`", delivery.address));
        }
        if let Err(again) = delivery.sink.restore() {
            left.push(format!(
                "what token `{}` replaced could not be restored: {again}",
                delivery.address
            ));
        }
    }
    if left.is_empty() && kept.is_empty() {
        return failure;
    }
    if left.is_empty() {
        let what = format!(
            "a command received a secret that is not valid, for {}",
            kept.join(", ")
        );
        return Error::Part {
            what,
            source: failure.into(),
        };
    }
    // Somebody has to look at the sinks, whatever failed first.
    let words = format!("{}; {}", with_causes(&failure), left.join("; "));
    undelivered(None, io::Error::other(words))
}

/// Formats an error with its causes in one line.
fn with_causes(failure: &Error) -> String {
    let first: &dyn std::error::Error = failure;
    let causes = std::iter::successors(Some(first), |cause| cause.source());
    causes
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}
