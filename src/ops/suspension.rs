//! Suspensions of profiles and tokens.

use crate::error::{Refusal, Result};
use crate::model::profile::Suspension;
use crate::model::text::FreeText;
use crate::model::time::{Expiry, Time};

/// The reason and the expiry of a new suspension.
#[derive(Debug, Clone, Default)]
pub struct Suspend {
    /// The operator's reason.
    pub reason: Option<FreeText>,
    /// When it expires by itself; without one, an existing expiry stays.
    pub until: Option<Expiry>,
}

impl Suspend {
    /// The same with an absolute expiry; refused if that is in the past.
    ///
    /// # Errors
    ///
    /// The expiry is in the past.
    pub fn fixed(self, now: Time) -> Result<Self> {
        let until = self.until.map(|until| end(until, now)).transpose()?;
        Ok(Self {
            until: until.map(|end| end.map_or(Expiry::Never, Expiry::At)),
            ..self
        })
    }

    /// The suspension to store. One that is in force keeps its beginning, and its reason and its
    /// expiry unless there are new ones.
    pub(super) fn over(&self, before: Option<&Suspension>, now: Time) -> Result<Suspension> {
        let before = before.filter(|suspension| suspension.holds(now));
        let until = match self.until {
            Some(until) => end(until, now)?,
            None => before.and_then(|suspension| suspension.until),
        };
        Ok(Suspension {
            at: before.map_or(now, |suspension| suspension.at),
            reason: self
                .reason
                .clone()
                .or_else(|| before.and_then(|suspension| suspension.reason.clone())),
            until,
        })
    }
}

fn end(until: Expiry, now: Time) -> Result<Option<Time>> {
    let end = until.resolve(now);
    match end.filter(|end| *end <= now) {
        Some(past) => Err(Refusal::AlreadyPast(past).into()),
        None => Ok(end),
    }
}
