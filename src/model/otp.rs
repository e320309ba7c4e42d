//! Verification codes: eight digits, mailed, exchanged once for a token (store.md 12).

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

/// How many digits a code has.
const DIGITS: usize = 8;
/// How many codes there are.
const CODES: u32 = 100_000_000;
/// The most characters that are looked at.
const LONGEST: usize = 64;

/// A verification code. It is compared by its MAC alone.
#[derive(Debug)]
pub struct Code(SecretText);

impl Code {
    /// Makes one, each as likely as any other.
    pub fn generate(entropy: &mut dyn Entropy) -> Result<Self, NoRandomness> {
        // What lies above the last whole multiple would make the low codes likelier.
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

    /// Reads a code as people copy it: ASCII blanks and `-` are dropped, once; what is left is
    /// eight ASCII digits. The only normal form there is: what is used up is the record, not a text.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let malformed = || Invalid::new("a verification code", "use its eight digits");
        if text.len() > LONGEST {
            return Err(malformed());
        }
        // Room from the start: a text that grows leaves copies behind.
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

    /// The one door to the digits.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The digits as a secret, to be handed over.
    pub fn text(&self) -> &SecretText {
        &self.0
    }
}

/// The codes of the last day of one profile for one connection and environment, newest last. Only
/// the newest can still be good.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Exchange {
    /// Who asked.
    pub profile: RecordId,
    /// For what.
    pub connection: RecordId,
    /// Where.
    pub environment: RecordId,
    /// The codes, oldest first.
    pub codes: Vec<CodeRecord>,
    /// Its place in its profile's list.
    pub position: u32,
}

/// What is kept of a code: never the code.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CodeRecord {
    /// Its id.
    pub id: CodeId,
    /// The keyed hash of its digits and all it is bound to (`docs/file-format.md`).
    pub mac: [u8; 32],
    /// Which key made it.
    pub kid: u32,
    /// Which device the token will be for.
    pub device: Option<Device>,
    /// Where it was mailed.
    pub sent_to: EmailAddress,
    /// When it was made.
    pub created_at: Time,
    /// The first moment of the wall clock at which it is no longer good.
    pub expires_at: Time,
    /// When it was made on the clock that nobody can set.
    pub boot: BootTime,
    /// Tries, debited before each is compared.
    pub tries: u32,
    /// How it ended before its time.
    pub end: Option<CodeEnd>,
    /// Where its mail is.
    pub delivery: Delivery,
    /// The mail, while it waits.
    pub message: Option<RecordId>,
}

/// How a code ended before its time was over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeEnd {
    /// When.
    pub at: Time,
    /// How.
    pub how: Ending,
}

/// How a code ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Ending {
    /// It was exchanged for this token.
    Used(TokenId),
    /// An operator took it back.
    Cancelled,
    /// A newer one took its place.
    Replaced,
    /// It could not be handed over: no mail left, or what was to be shown was not.
    Undelivered,
    /// It was exchanged for this token, and withdrawn after that: it stays used, whatever becomes of the
    /// token.
    UsedForGood(TokenId),
}

/// Where the mail of a code is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Delivery {
    /// It waits, and why, if it was tried before.
    Queued(Option<String>),
    /// A mail server or a mailer took it.
    Sent(Time),
    /// It lies in an outbox folder.
    Outbox(Time),
    /// It will not be sent: why.
    Failed(String),
    /// The other side may have it or not, and it is not sent again: why that is not known.
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

    /// Why the mail has not left, or may not have.
    pub fn cause(&self) -> Option<&str> {
        match self {
            Self::Queued(cause) => cause.as_deref(),
            Self::Failed(cause) | Self::Uncertain(cause) => Some(cause),
            Self::Sent(_) | Self::Outbox(_) => None,
        }
    }
}

impl CodeRecord {
    /// How many tries a code allows.
    pub const TRIES: u32 = 5;
    /// How long a code is good.
    pub const LIFETIME: Span = Span::TEN_MINUTES;

    /// Whether its time is over on either clock. `latest` is the latest moment the store has seen;
    /// within the boot that made it, the clock since boot counts as well, which nobody can set.
    pub fn is_expired(&self, latest: Time, boot: BootTime) -> bool {
        let run = boot.seconds.saturating_sub(self.boot.seconds);
        let by_boot = boot.boot == self.boot.boot && !(0..Self::LIFETIME.seconds()).contains(&run);
        latest >= self.expires_at || by_boot
    }

    /// What has become of it.
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
            None if self.tries >= Self::TRIES => CodeState::Exhausted,
            None => CodeState::Pending,
        }
    }
}

/// What has become of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CodeState {
    /// It can still be exchanged.
    Pending,
    /// It was exchanged.
    Used,
    /// Its time was over.
    Expired,
    /// An operator took it back.
    Cancelled,
    /// A newer one took its place.
    Replaced,
    /// All its tries were wrong.
    Exhausted,
    /// It could not be handed over.
    Undelivered,
}

impl CodeState {
    /// All of them.
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

/// How often codes are mailed: at most so many in so many seconds, by each of the pairs.
#[derive(Debug, Clone, Copy)]
pub struct Pace(&'static [(usize, i64)]);

impl Pace {
    /// Of one binding.
    pub const OF_A_BINDING: Self = Self(&[(1, 60), (5, 3600), (20, 24 * 3600)]);
    /// To one address, over all profiles that have it and whatever they ask for.
    pub const OF_AN_ADDRESS: Self = Self(&[(1, 10), (10, 3600), (40, 24 * 3600)]);

    /// When the next one is free after those: in the future, or `None`. What lies in the future, since
    /// the clock went back, counts.
    pub fn next(self, mut mailed: Vec<Time>, now: Time) -> Option<Time> {
        mailed.sort_unstable();
        let free = self.0.iter().filter_map(|(most, span)| {
            let first = mailed.len().checked_sub(*most)?;
            Some(after(*mailed.get(first)?, *span))
        });
        free.max().filter(|free| now < *free)
    }

    /// Forgets those that do not count any more.
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

/// The tries of one profile, over all its codes and whatever is sent again.
///
/// One more such record, of nobody, is debited for what is asked of profiles that are not there, so
/// that they cost as many transactions.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Budget {
    /// Whose; zeros for nobody's.
    pub subject: RecordId,
    /// The newest tries, oldest first.
    pub tries: Vec<Time>,
    /// Wrong tries since the last right one.
    pub failures: u32,
    /// How many exchanges the profile has: the length of its list.
    pub exchanges: u32,
}

impl Budget {
    /// Tries in an hour.
    pub const TRIES_AN_HOUR: usize = 10;
    /// Wrong tries in a row after which an operator must act.
    pub const LOCKED_AFTER: u32 = 100;

    /// An untouched one.
    pub fn new(subject: RecordId) -> Self {
        Self {
            subject,
            tries: Vec::new(),
            failures: 0,
            exchanges: 0,
        }
    }

    /// When the next try is free: in the future, or `None`. What lies in the future, since the clock
    /// went back, counts.
    pub fn next_try(&self, now: Time) -> Option<Time> {
        const HOUR: i64 = 3600;
        let ends = |at: &Time| Time::from_seconds(at.seconds().saturating_add(HOUR));
        let first = self.tries.len().checked_sub(Self::TRIES_AN_HOUR)?;
        self.tries.get(first).map(ends).filter(|free| now < *free)
    }

    /// Counts one more try, wrong until it turns out to be right.
    pub fn debit(&mut self, now: Time) {
        self.failures = self.failures.saturating_add(1);
        self.tries.push(now);
        let spent = self.tries.len().saturating_sub(Self::TRIES_AN_HOUR);
        self.tries.drain(..spent);
    }

    /// Gives back what a right try was debited, and forgets the wrong ones before it.
    pub fn credit(&mut self) {
        self.failures = 0;
        self.tries.pop();
    }

    /// Whether only an operator ends this.
    pub fn is_locked(&self) -> bool {
        self.failures >= Self::LOCKED_AFTER
    }
}
