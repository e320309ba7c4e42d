//! Verification codes: eight digits, mailed, exchanged once for a token.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::email::EmailAddress;
use super::id::{CodeId, RecordId, TokenId};
use super::invalid::Invalid;
use super::text::Device;
use super::time::{Span, Time};
use crate::clock::BootTime;
use crate::entropy::{Entropy, NoRandomness};
use crate::secret::SecretText;

/// The number of digits of a code.
const DIGITS: usize = 8;
/// The number of possible codes.
const CODES: u32 = 100_000_000;
/// The maximum length of the input, in characters.
const LONGEST: usize = 64;

/// A verification code. It is compared only by its MAC.
#[derive(Debug)]
pub struct Code(SecretText);

impl Code {
    /// Generates a code, uniformly distributed.
    ///
    /// # Errors
    ///
    /// The random generator fails.
    pub fn generate(entropy: &mut dyn Entropy) -> Result<Self, NoRandomness> {
        // Values above the largest multiple of `CODES` would make the low codes likelier.
        const WHOLE: u32 = u32::MAX / CODES * CODES;
        let mut bytes = Zeroizing::new([0; 4]);
        loop {
            entropy.fill(&mut *bytes)?;
            let number = u32::from_le_bytes(*bytes);
            if number < WHOLE {
                return Ok(Self(SecretText::new(format!(
                    "{:0DIGITS$}",
                    number % CODES
                ))));
            }
        }
    }

    /// Parses a code as people copy it: drops ASCII spaces and `-`, then requires eight ASCII
    /// digits. No other normalization is needed: what is used up is the record, not a text.
    ///
    /// # Errors
    ///
    /// The text is too long, or is not eight digits.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let malformed = || Invalid::new("a verification code", "use its eight digits");
        if text.len() > LONGEST {
            return Err(malformed());
        }
        // Allocated at full size: a string that grows leaves copies behind.
        let mut digits = String::with_capacity(LONGEST);
        digits.extend(
            text.chars()
                .filter(|c| !c.is_ascii_whitespace() && *c != '-'),
        );
        let digits = SecretText::new(digits);
        let text = digits.expose();
        let fits = text.len() == DIGITS && text.bytes().all(|c| c.is_ascii_digit());
        if fits {
            Ok(Self(digits))
        } else {
            Err(malformed())
        }
    }

    /// The digits. The only accessor.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The digits as a secret, for delivery.
    pub fn text(&self) -> &SecretText {
        &self.0
    }
}

/// The codes of the last day for one profile, connection and environment, newest last. Only the
/// newest can still be valid.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Exchange {
    /// The profile that requested them.
    pub profile: RecordId,
    /// The connection they are for.
    pub connection: RecordId,
    /// The environment they are for.
    pub environment: RecordId,
    /// The codes, oldest first.
    pub codes: Vec<CodeRecord>,
    /// Its position in its profile's list.
    pub position: u32,
}

/// The stored record of a code; never the code itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CodeRecord {
    /// Its id.
    pub id: CodeId,
    /// The keyed hash of the digits and everything they are bound to (`docs/file-format.md`).
    pub mac: [u8; 32],
    /// The id of the key that computed the MAC.
    pub kid: u32,
    /// The device of the token to be issued.
    pub device: Option<Device>,
    /// The address it was mailed to.
    pub sent_to: EmailAddress,
    /// When it was created, by the wall clock.
    pub created_at: Time,
    /// The first moment of the wall clock at which it is no longer valid.
    pub expires_at: Time,
    /// When it was created, by the clock since boot, which nobody can set.
    pub boot: BootTime,
    /// Attempts, each debited before the comparison.
    pub tries: u32,
    /// How it ended early, if it did.
    pub end: Option<CodeEnd>,
    /// The delivery state of its mail.
    pub delivery: Delivery,
    /// The queued mail, while it waits.
    pub message: Option<RecordId>,
}

/// The early end of a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeEnd {
    /// When.
    pub at: Time,
    /// How it ended.
    pub how: Ending,
}

/// How a code ended early.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Ending {
    /// It was exchanged for this token.
    Used(TokenId),
    /// An operator cancelled it.
    Cancelled,
    /// A newer code replaced it.
    Replaced,
    /// It could not be delivered: no mail was sent, or its digits were not displayed.
    Undelivered,
    /// It was exchanged for this token and withdrawn after that: it stays used, whatever happens to
    /// the token.
    UsedForGood(TokenId),
}

/// The delivery state of a code's mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Delivery {
    /// It is queued; after a failed attempt, why that failed.
    Queued(Option<String>),
    /// A mail server or a mail program accepted it.
    Sent(Time),
    /// It was written to an outbox folder.
    Outbox(Time),
    /// It will not be sent, and why.
    Failed(String),
    /// The other side may have it, and it is not sent again; why the outcome is unknown.
    Uncertain(String),
}

impl Delivery {
    /// The word in JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Queued(_) => "queued",
            Self::Sent(_) => "sent",
            Self::Outbox(_) => "outbox",
            Self::Failed(_) => "failed",
            Self::Uncertain(_) => "uncertain",
        }
    }

    /// Why the mail was not sent, or may not have been.
    pub fn cause(&self) -> Option<&str> {
        match self {
            Self::Queued(cause) => cause.as_deref(),
            Self::Failed(cause) | Self::Uncertain(cause) => Some(cause),
            Self::Sent(_) | Self::Outbox(_) => None,
        }
    }
}

impl CodeRecord {
    /// The number of attempts that a code allows.
    pub const ATTEMPTS: u32 = 5;
    /// The lifetime of a code.
    pub const LIFETIME: Span = Span::TEN_MINUTES;

    /// Whether it has expired by either clock. `latest` is the latest moment the store has seen.
    /// Within the boot that created the code, the clock since boot counts as well, because nobody
    /// can set it.
    pub fn is_expired(&self, latest: Time, boot: BootTime) -> bool {
        let run = boot.seconds.saturating_sub(self.boot.seconds);
        let by_boot = boot.boot == self.boot.boot && !(0..Self::LIFETIME.seconds()).contains(&run);
        latest >= self.expires_at || by_boot
    }

    /// Its state.
    pub fn state(&self, latest: Time, boot: BootTime) -> CodeState {
        match &self.end {
            Some(CodeEnd {
                how: Ending::Used(_) | Ending::UsedForGood(_),
                ..
            }) => CodeState::Used,
            Some(CodeEnd {
                how: Ending::Cancelled,
                ..
            }) => CodeState::Cancelled,
            Some(CodeEnd {
                how: Ending::Replaced,
                ..
            }) => CodeState::Replaced,
            Some(CodeEnd {
                how: Ending::Undelivered,
                ..
            }) => CodeState::Undelivered,
            None if self.is_expired(latest, boot) => CodeState::Expired,
            None if self.tries >= Self::ATTEMPTS => CodeState::Exhausted,
            None => CodeState::Pending,
        }
    }
}

/// The state of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CodeState {
    /// It can still be exchanged.
    Pending,
    /// It was exchanged.
    Used,
    /// It expired.
    Expired,
    /// An operator cancelled it.
    Cancelled,
    /// A newer code replaced it.
    Replaced,
    /// All its attempts failed.
    Exhausted,
    /// It could not be delivered.
    Undelivered,
}

impl CodeState {
    /// All states.
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::Used,
        Self::Expired,
        Self::Cancelled,
        Self::Replaced,
        Self::Exhausted,
        Self::Undelivered,
    ];

    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Used => "used",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Replaced => "replaced",
            Self::Exhausted => "exhausted",
            Self::Undelivered => "undelivered",
        }
    }
}

/// A rate limit for mailed codes: for each pair, at most so many in so many seconds.
#[derive(Debug, Clone, Copy)]
pub struct Pace(&'static [(usize, i64)]);

impl Pace {
    /// The limit for one binding.
    pub const OF_A_BINDING: Self = Self(&[(1, 60), (5, 3600), (20, 24 * 3600)]);
    /// The limit for one address, over all profiles that have it and all bindings.
    pub const OF_AN_ADDRESS: Self = Self(&[(1, 10), (10, 3600), (40, 24 * 3600)]);

    /// When the next mail is allowed: in the future, or `None` if it is allowed now. Times in
    /// the future count too: the clock may have gone back.
    pub fn next(self, mut mailed: Vec<Time>, now: Time) -> Option<Time> {
        mailed.sort_unstable();
        let free = self.0.iter().filter_map(|(most, span)| {
            let first = mailed.len().checked_sub(*most)?;
            Some(after(*mailed.get(first)?, *span))
        });
        free.max().filter(|free| now < *free)
    }

    /// Removes the times that no longer count.
    pub fn forget(self, mailed: &mut Vec<Time>, now: Time) {
        let longest = self
            .0
            .iter()
            .map(|(_, span)| *span)
            .max()
            .unwrap_or_default();
        mailed.retain(|at| now < after(*at, longest));
    }
}

fn after(at: Time, seconds: i64) -> Time {
    Time::from_seconds(at.seconds().saturating_add(seconds))
}

/// The attempts of one profile, over all its codes: requesting another code does not reset them.
///
/// One more such record, of nobody, is debited for requests about profiles that do not exist, so
/// that they cost as many transactions.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Budget {
    /// The profile; all zeros for the shared record.
    pub subject: RecordId,
    /// The newest attempts, oldest first.
    pub tries: Vec<Time>,
    /// Failed attempts since the last successful one.
    pub failures: u32,
    /// The number of the profile's exchanges: the length of its list.
    pub exchanges: u32,
}

impl Budget {
    /// The attempts allowed in an hour.
    pub const ATTEMPTS_PER_HOUR: usize = 10;
    /// Consecutive failed attempts after which an operator must act.
    pub const LOCKED_AFTER: u32 = 100;

    /// A budget without any attempts.
    pub fn new(subject: RecordId) -> Self {
        Self {
            subject,
            tries: Vec::new(),
            failures: 0,
            exchanges: 0,
        }
    }

    /// When the next attempt is allowed: in the future, or `None` if it is allowed now. Times
    /// in the future count too: the clock may have gone back.
    pub fn next_attempt(&self, now: Time) -> Option<Time> {
        const HOUR: i64 = 3600;
        let ends = |at: &Time| Time::from_seconds(at.seconds().saturating_add(HOUR));
        let first = self.tries.len().checked_sub(Self::ATTEMPTS_PER_HOUR)?;
        self.tries.get(first).map(ends).filter(|free| now < *free)
    }

    /// Counts one more attempt, as failed until it proves successful.
    pub fn debit(&mut self, now: Time) {
        self.failures = self.failures.saturating_add(1);
        self.tries.push(now);
        let spent = self.tries.len().saturating_sub(Self::ATTEMPTS_PER_HOUR);
        self.tries.drain(..spent);
    }

    /// Refunds the debit of a successful attempt and resets the failures before it.
    pub fn credit(&mut self) {
        self.failures = 0;
        self.tries.pop();
    }

    /// Whether only an operator can unlock it.
    pub fn is_locked(&self) -> bool {
        self.failures >= Self::LOCKED_AFTER
    }
}

#[cfg(test)]
mod tests;
