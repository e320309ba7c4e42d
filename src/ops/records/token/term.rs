//! Lifetimes of tokens.

use super::issued::{Assumed, Lifetime};
use crate::barrier::Reader;
use crate::error::{Error, Refusal, Result};
use crate::model::connection::Connection;
use crate::model::id::RecordId;
use crate::model::time::{Expiry, Span, Time};
use crate::ops::records::cache::RecordCache;
use crate::ops::records::clocks::Clocks;

/// The default lifetime of a token whose draft has no expiry.
#[derive(Debug, Clone, Copy)]
pub(in crate::ops) enum DefaultLifetime {
    /// What its connections allow; this long if they have no limit.
    Allowed(Span),
    /// This long, or what its connections allow if that is shorter.
    Short(Span),
}

/// The shortest lifetime among the connections that the token or its profile is bound to: a maximum
/// has to apply to every kind of token.
pub(in crate::ops) fn limit(
    r: &mut Reader<'_>,
    connections: &mut RecordCache<Connection>,
    usable: &[RecordId],
) -> Result<Option<Lifetime>> {
    let mut limit: Option<Lifetime> = None;
    for id in usable {
        let connection = connections.open(r, *id)?;
        let Some(span) = connection.token_lifetime else {
            continue;
        };
        if limit.as_ref().is_none_or(|shortest| span < shortest.span) {
            limit = Some(Lifetime {
                span,
                connection: Some(connection.name.clone()),
            });
        }
    }
    Ok(limit)
}

/// The expiry of a new token.
pub(in crate::ops) fn end(
    asked: Option<Expiry>,
    limit: Option<Lifetime>,
    usual: DefaultLifetime,
    clocks: Clocks,
    assumed: &mut Assumed,
) -> Result<Option<Time>> {
    let Clocks { now, latest, .. } = clocks;
    let end = if let Some(expiry) = asked {
        let end = expiry.resolve(now);
        ensure_within(end, limit, now)?;
        end
    } else {
        let lifetime = lifetime(usual, limit);
        let end = now.plus(lifetime.span);
        assumed.lifetime = Some(lifetime);
        Some(end)
    };
    match end {
        Some(end) if end <= now => Err(Refusal::AlreadyPast(end).into()),
        // The store has seen a later time than that: the token would already have expired.
        Some(end) if end <= latest => Err(Error::Clock {
            behind: latest.seconds() - now.seconds(),
        }),
        end => Ok(end),
    }
}

fn lifetime(usual: DefaultLifetime, limit: Option<Lifetime>) -> Lifetime {
    match (usual, limit) {
        (DefaultLifetime::Allowed(_), Some(limit)) => limit,
        (DefaultLifetime::Short(span), Some(limit)) if limit.span < span => limit,
        (DefaultLifetime::Allowed(span) | DefaultLifetime::Short(span), _) => Lifetime {
            span,
            connection: None,
        },
    }
}

fn ensure_within(end: Option<Time>, limit: Option<Lifetime>, now: Time) -> Result<()> {
    let Some(Lifetime {
        span: maximum,
        connection: Some(connection),
    }) = limit
    else {
        return Ok(());
    };
    if end.is_none_or(|end| end > now.plus(maximum)) {
        return Err(Refusal::LifetimeTooLong {
            connection,
            maximum,
        }
        .into());
    }
    Ok(())
}

pub(in crate::ops) fn lasts(end: Option<Time>, min_life: Span, now: Time) -> bool {
    end.is_none_or(|end| now.plus(min_life) <= end)
}

/// Refuses a token that the next call would have to replace.
pub(in crate::ops) fn ensure_long_enough(
    end: Option<Time>,
    min_life: Span,
    now: Time,
) -> Result<()> {
    match end {
        Some(end) if !lasts(Some(end), min_life, now) => {
            Err(Refusal::TooShort { end, min_life }.into())
        }
        _ => Ok(()),
    }
}
