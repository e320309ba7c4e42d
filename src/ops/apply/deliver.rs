//! New secrets, brought to their places before they are good, and taken away again if they never are.

use std::io;

use super::run::part;
use crate::error::{Error, Result};
use crate::model::token::{Form, Token};
use crate::ops::Core;
use crate::ops::token::{self, Declared, Held, Owner, Sink, Source, undelivered};

/// Looks at what the places hold; what is wrong with some of them is added to `wrong`.
pub(super) fn look(
    core: &mut Core,
    declared: &mut [Declared],
    wrong: &mut Vec<Error>,
) -> Result<Vec<Held>> {
    let mut look = |token: &mut Declared| {
        let address = token.address();
        let Declared { profile, source: Source::Place { sink, .. }, .. } = token else {
            return Ok(Held::Unseen);
        };
        if !sink.can_be_read() {
            return Ok(Held::Unseen);
        }
        match token::look(core, &mut **sink, Owner::Named(profile)) {
            Ok(found) => Ok(Held::new(found)),
            Err(failure) => match part("token", &address, failure) {
                failure @ Error::Part { .. } => {
                    wrong.push(failure);
                    Ok(Held::Unseen)
                }
                failure => Err(failure),
            },
        }
    };
    declared.iter_mut().map(&mut look).collect()
}

/// Refuses to replace what is no secret of ours, by a token that is made.
pub(super) fn ensure_replaceable(declared: &Declared, held: &Held) -> Result<()> {
    match (&declared.source, held) {
        (Source::Place { sink, .. }, Held::Seen { found, .. }) => {
            token::ensure_replaceable(&**sink, found)
        }
        _ => Ok(()),
    }
}

/// Is told how many of how many secrets are at their places; an error calls it all off.
pub type Onwards<'a> = &'a mut dyn FnMut(u64, u64) -> io::Result<()>;

/// Brings each secret to its place, or none: a failure gives back what the places held.
pub(super) fn deliver(
    declared: &mut [Declared],
    secrets: &[Option<Token>],
    held: &[Held],
    onwards: Onwards<'_>,
) -> Result<()> {
    let mut ways = ways(declared, secrets, held);
    for way in &mut ways {
        way.sink.ready().map_err(|source| way.failed(source))?;
    }
    let total = ways.len();
    for n in 0..total {
        let Some(way) = ways.get_mut(n) else { break };
        let delivered = way.deliver().and_then(|()| onwards(n as u64 + 1, total as u64));
        if let Err(source) = delivered {
            let failure = way.failed(source);
            ways.truncate(n + 1);
            return Err(take_away(ways, failure));
        }
    }
    Ok(())
}

/// Makes sure that every place that can be read holds what it is to hold: another call may have been
/// there meanwhile.
pub(super) fn ensure_untouched(
    core: &mut Core,
    declared: &mut [Declared],
    secrets: &[Option<Token>],
    held: &[Held],
) -> Result<()> {
    let mut wrong = Vec::new();
    let now = look(core, declared, &mut wrong)?;
    if let Some(first) = wrong.into_iter().next() {
        return Err(first);
    }
    let ids = |held: &Held| held.token().map(Token::id);
    let expected = secrets.iter().zip(held).map(|(secret, before)| match secret {
        Some(secret) => Some(secret.id()),
        None => ids(before),
    });
    let untouched = now
        .iter()
        .zip(expected)
        .all(|(now, expected)| matches!(now, Held::Unseen) || ids(now) == expected);
    if untouched { Ok(()) } else { Err(Error::Moved) }
}

/// Gives every place back what it held, after a failure elsewhere.
pub(super) fn put_back(
    declared: &mut [Declared],
    secrets: &[Option<Token>],
    held: &[Held],
    failure: Error,
) -> Error {
    let mut ways = ways(declared, secrets, held);
    // All of them were reached.
    for way in &mut ways {
        way.delivered = true;
    }
    take_away(ways, failure)
}

/// A secret, and the place it goes to.
struct Way<'a> {
    secret: &'a Token,
    form: Form,
    address: String,
    sink: &'a mut dyn Sink,
    /// What it was seen to hold.
    held: Option<&'a [u8]>,
    delivered: bool,
}

impl Way<'_> {
    fn deliver(&mut self) -> io::Result<()> {
        self.sink.deliver(&self.secret.spell(self.form), self.held)?;
        self.delivered = true;
        Ok(())
    }

    fn failed(&self, source: io::Error) -> Error {
        part("token", &self.address, undelivered(None, source))
    }
}

/// Places that cannot be read come last: if the call is killed in between, the next one sees what is
/// wrong with the others, and brings new secrets to all of them.
fn ways<'a>(
    declared: &'a mut [Declared],
    secrets: &'a [Option<Token>],
    held: &'a [Held],
) -> Vec<Way<'a>> {
    let with_secret = declared.iter_mut().zip(secrets).zip(held);
    let mut ways: Vec<_> = with_secret
        .filter_map(|((token, secret), held)| {
            let (secret, address) = (secret.as_ref()?, token.address());
            let Declared { form, source: Source::Place { sink, .. }, .. } = token else {
                return None;
            };
            let (sink, held) = (&mut **sink, held.content());
            Some(Way { secret, form: *form, address, sink, held, delivered: false })
        })
        .collect();
    ways.sort_by_key(|way| !way.sink.can_be_read());
    ways
}

/// The last one first: two of them may be in one file. What was given to a command cannot be taken away:
/// that is told.
fn take_away(ways: Vec<Way<'_>>, failure: Error) -> Error {
    let (mut left, mut kept) = (Vec::new(), Vec::new());
    for way in ways.into_iter().rev() {
        if !way.sink.can_be_read() && way.delivered {
            kept.push(format!("`{}`", way.address));
        }
        if let Err(again) = way.sink.put_back() {
            left.push(format!("what token `{}` replaced is not back: {again}", way.address));
        }
    }
    if left.is_empty() && kept.is_empty() {
        return failure;
    }
    if left.is_empty() {
        let what =
            format!("a command has a secret that is good for nothing, for {}", kept.join(", "));
        return Error::Part { what, source: failure.into() };
    }
    // Somebody has to see to the places, whatever it was that went wrong first.
    let words = format!("{}; {}", in_full(&failure), left.join("; "));
    undelivered(None, io::Error::other(words))
}

/// An error with its causes, in one line.
fn in_full(failure: &Error) -> String {
    let first: &dyn std::error::Error = failure;
    let causes = std::iter::successors(Some(first), |it| it.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
