//! How profiles and tokens are suspended alike.

use crate::error::{Refusal, Result};
use crate::model::profile::Suspension;
use crate::model::text::FreeText;
use crate::model::time::{Time, When};

/// Why and until when something is to be suspended.
#[derive(Debug, Clone, Default)]
pub struct Suspend {
    /// Why.
    pub reason: Option<FreeText>,
    /// When it ends by itself; without one it does not.
    pub until: Option<When>,
}

impl Suspend {
    /// The same with its end as a date, and that date; refused if it is past.
    pub fn fixed(self, now: Time) -> Result<(Self, Option<Time>)> {
        let until = self.end(now)?;
        Ok((Self { until: until.map(When::At), ..self }, until))
    }

    /// The suspension as it will be kept. One that is in force keeps its beginning, and its reason
    /// unless there is a new one; its end is always the one asked for now.
    pub(super) fn over(&self, before: Option<&Suspension>, now: Time) -> Result<Suspension> {
        let until = self.end(now)?;
        let before = before.filter(|it| it.holds(now));
        Ok(Suspension {
            at: before.map_or(now, |it| it.at),
            reason: self.reason.clone().or_else(|| before.and_then(|it| it.reason.clone())),
            until,
        })
    }

    fn end(&self, now: Time) -> Result<Option<Time>> {
        let until = self.until.map(|until| until.resolve(now));
        match until.filter(|until| *until <= now) {
            Some(past) => Err(Refusal::AlreadyPast(past).into()),
            None => Ok(until),
        }
    }
}
