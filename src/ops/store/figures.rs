//! Figures of a store, for monitoring.

use crate::barrier::Reader;
use crate::core::Core;
use crate::error::Result;
use crate::model::otp::Exchange;
use crate::model::outbox::Waiting;
use crate::model::time::{Span, Time};
use crate::model::token::{TokenRecord, TokenState};
use crate::ops::records::clocks::Clocks;
use crate::ops::records::{lookup, mail_queue};

/// Figures of one consistent state of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// The epoch of this state.
    pub epoch: u64,
    /// How many tokens have a record, by state.
    pub tokens: Vec<(TokenState, u64)>,
    /// How many active tokens expire within a time: each includes the shorter ones.
    pub expiring: Vec<(Within, u64)>,
    /// How many mails are queued.
    pub mail_queue: u64,
    /// When the oldest of them was queued.
    pub oldest_mail: Option<Time>,
    /// When this machine's anchor was last written, if there is one.
    pub anchored_at: Option<Time>,
}

/// The time left to a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Within {
    /// A day.
    Day,
    /// Seven days.
    Week,
    /// Thirty days.
    Month,
}

impl Within {
    /// All of them, the shortest first.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// The word in metrics.
    pub fn word(self) -> &'static str {
        match self {
            Self::Day => "1d",
            Self::Week => "7d",
            Self::Month => "30d",
        }
    }

    fn seconds(self) -> i64 {
        let days = match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Month => 30,
        };
        days * Span::DAY.seconds()
    }

    fn holds(self, end: Time, now: Time) -> bool {
        end.seconds().saturating_sub(now.seconds()) <= self.seconds()
    }
}

/// Reads the figures. Every token is read once: that takes seconds for a million of them.
///
/// # Errors
///
/// As [`Core::read`].
pub fn figures(core: &mut Core) -> Result<Figures> {
    let now = core.now();
    let anchored_at = core.store.anchor_written_at();
    core.read(|r| read(r, now, anchored_at))
}

fn read(r: &mut Reader<'_>, now: Time, anchored_at: Option<Time>) -> Result<Figures> {
    let clocks = Clocks::new(r, now);
    let mut tokens = TokenState::ALL.map(|state| (state, 0_u64));
    let mut expiring = Within::ALL.map(|within| (within, 0_u64));
    lookup::each::<TokenRecord>(r, |_, _, token| {
        let state = token.state(clocks.now, clocks.latest);
        for (_, count) in tokens.iter_mut().filter(|(own, _)| *own == state) {
            *count += 1;
        }
        let end = token.expires_at.filter(|_| state == TokenState::Active);
        let Some(end) = end else { return Ok(()) };
        for (_, count) in expiring
            .iter_mut()
            .filter(|(within, _)| within.holds(end, clocks.latest))
        {
            *count += 1;
        }
        Ok(())
    })?;
    let mails = mail_queue::waiting(r)?;
    let mut oldest_mail: Option<Time> = None;
    for id in &mails {
        let waiting: Waiting = r.require(*id)?;
        let queued_at = queued_at(r, &waiting)?;
        oldest_mail = oldest_mail.into_iter().chain(queued_at).min();
    }
    Ok(Figures {
        epoch: r.epoch(),
        tokens: tokens.to_vec(),
        expiring: expiring.to_vec(),
        mail_queue: u64::try_from(mails.len()).unwrap_or(u64::MAX),
        oldest_mail,
        anchored_at,
    })
}

/// When a mail was queued: in the change that created its code.
fn queued_at(r: &mut Reader<'_>, waiting: &Waiting) -> Result<Option<Time>> {
    let (record, id) = waiting.code;
    let exchange = r.get::<Exchange>(record)?;
    let codes = exchange.map(|exchange| exchange.codes).unwrap_or_default();
    let code = codes.iter().find(|code| code.id == id);
    Ok(code.map(|code| code.created_at))
}
