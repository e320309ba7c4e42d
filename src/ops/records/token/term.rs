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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Kind;

    const NOW: i64 = 1_000_000;

    fn at(seconds: i64) -> Time {
        Time::from_seconds(seconds)
    }

    fn limit_of(span: Span) -> Lifetime {
        Lifetime {
            span,
            connection: Some("hr".parse().unwrap()),
        }
    }

    /// The expiry of a token, and the lifetime that was assumed.
    fn found(
        asked: Option<Expiry>,
        limit: Option<Lifetime>,
        usual: DefaultLifetime,
        latest: i64,
    ) -> std::result::Result<(Option<i64>, Option<Span>), Kind> {
        let clocks = Clocks {
            now: at(NOW),
            latest: at(latest),
            known_from: at(0),
        };
        let mut assumed = Assumed::default();
        let end = end(asked, limit, usual, clocks, &mut assumed).map_err(|error| error.kind())?;
        let span = assumed.lifetime.map(|lifetime| lifetime.span);
        Ok((end.map(Time::seconds), span))
    }

    #[test]
    fn a_token_without_an_expiry_gets_the_usual_one_within_the_limit() {
        let (day, hour) = (Span::DAY, Span::HOUR);
        for (usual, limit, expected) in [
            (DefaultLifetime::Allowed(hour), None, hour),
            (DefaultLifetime::Allowed(hour), Some(limit_of(day)), day),
            (DefaultLifetime::Allowed(day), Some(limit_of(hour)), hour),
            (DefaultLifetime::Short(hour), None, hour),
            (DefaultLifetime::Short(hour), Some(limit_of(day)), hour),
            (DefaultLifetime::Short(day), Some(limit_of(hour)), hour),
        ] {
            let end = NOW + expected.seconds();
            let found = found(None, limit, usual, NOW);
            assert_eq!(found, Ok((Some(end), Some(expected))));
        }
        let same = lifetime(DefaultLifetime::Short(hour), Some(limit_of(hour)));
        assert_eq!(same.connection, None, "the setting, not the connection");
    }

    #[test]
    fn an_expiry_is_in_the_future_of_the_store_and_within_the_limit() {
        let usual = DefaultLifetime::Allowed(Span::DAY);
        let asked = |seconds: i64| Some(Expiry::At(at(NOW + seconds)));
        let end = |seconds| Ok((Some(NOW + seconds), None));
        assert_eq!(found(asked(1), None, usual, NOW), end(1));
        assert_eq!(found(asked(0), None, usual, NOW), Err(Kind::Refused));
        assert_eq!(found(asked(9), None, usual, NOW + 8), end(9));
        assert_eq!(found(asked(9), None, usual, NOW + 9), Err(Kind::Clock));
        let hour = Some(limit_of(Span::HOUR));
        assert_eq!(found(asked(3_600), hour.clone(), usual, NOW), end(3_600));
        assert_eq!(
            found(asked(3_601), hour.clone(), usual, NOW),
            Err(Kind::Refused)
        );
        let never = Some(Expiry::Never);
        assert_eq!(found(never, hour, usual, NOW), Err(Kind::Refused));
        assert_eq!(found(never, None, usual, NOW), Ok((None, None)));
    }

    #[test]
    fn a_clock_that_is_behind_is_told_by_how_much() {
        let clocks = Clocks {
            now: at(NOW),
            latest: at(NOW + 50),
            known_from: at(0),
        };
        let asked = Some(Expiry::At(at(NOW + 1)));
        let usual = DefaultLifetime::Allowed(Span::DAY);
        let error = end(asked, None, usual, clocks, &mut Assumed::default()).unwrap_err();
        assert!(matches!(error, Error::Clock { behind: 50 }), "{error}");
    }

    #[test]
    fn a_token_lasts_if_its_end_is_not_before_the_least_lifetime() {
        for (end, expected) in [(None, true), (Some(3_600), true), (Some(3_599), false)] {
            let end = end.map(|seconds| at(NOW + seconds));
            assert_eq!(lasts(end, Span::HOUR, at(NOW)), expected);
            let ensured = ensure_long_enough(end, Span::HOUR, at(NOW));
            assert_eq!(ensured.is_ok(), expected);
        }
    }
}
