//! Verification codes: requested, exchanged once for a token, listed, cancelled (store.md 12).
//!
//! The one place where a code is made and the one place where it is used up. An operator is told
//! what is wrong; [`is_for_operators`] says which of it nobody else is.

use serde::Serialize;

use super::lookup::{self, Moment};
use crate::barrier::{CLOCK_SLACK, List, Reader, Unique, Writer};
use crate::clock::BootTime;
use crate::error::{Error, Result};
use crate::kind::Kind;
use crate::model::audit::{Object, Outcome};
use crate::model::connection::Connection;
use crate::model::email::EmailAddress;
use crate::model::environment::Environment;
use crate::model::id::{CodeId, RecordId, TokenId};
use crate::model::name::{ConnectionName, EnvironmentName, ProfileName};
use crate::model::otp::{CodeEnd, CodeRecord, CodeState, Ending, Exchange};
use crate::model::profile::Profile;
use crate::model::text::Device;
use crate::model::time::Time;

mod budget;
mod cancel;
mod exchange;
mod list;
mod mailbox;
mod request;
mod validate;

pub(super) use budget::{bury, count_again, forgive};
pub use cancel::{cancel, foresee_cancel};
pub(super) use cancel::{cancel_all, withdraw};
pub(super) use exchange::{delivered, delivery, give_back, undeliverable};
pub use list::{list, list_in};
pub(super) use mailbox::{count_mails, mailed, refund};
pub use request::{Request, Requested, request, reveal};
pub use validate::{Answer, Refused, Submission, WhyNot, validate};

/// What a code is for. At most one is pending for each.
#[derive(Debug, Clone)]
pub struct Binding {
    /// Who asks.
    pub profile: ProfileName,
    /// For which connection.
    pub connection: ConnectionName,
    /// In which environment; without one, the default.
    pub environment: Option<EnvironmentName>,
}

/// A code, as it is shown: never its digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its id.
    pub id: CodeId,
    /// Who asked.
    pub profile: ProfileName,
    /// For which connection.
    pub connection: ConnectionName,
    /// In which environment.
    pub environment: EnvironmentName,
    /// For which device.
    pub device: Option<Device>,
    /// Where it was mailed.
    pub sent_to: EmailAddress,
    /// What has become of it.
    pub state: CodeState,
    /// Where its mail is: `queued`, `sent`, `outbox`, `failed` or `uncertain`.
    pub delivery: &'static str,
    /// Why its mail has not left, or may not have.
    pub cause: Option<String>,
    /// How often it was tried.
    pub tries: u32,
    /// When it was made.
    pub created_at: Time,
    /// When it ends, or would have.
    pub expires_at: Time,
    /// When it ended before its time.
    pub ended_at: Option<Time>,
    /// The token it was exchanged for.
    pub token: Option<TokenId>,
}

/// Whether an error is the operator's alone to know, because it tells who or what there is. The
/// caller of an outside interface gets the answer that everybody gets; what is left is this side's
/// trouble.
pub fn is_for_operators(error: &Error) -> bool {
    matches!(error.kind(), Kind::NotFound | Kind::Refused | Kind::Throttled | Kind::Exists)
}

/// The bindings that a profile has codes for.
pub(super) fn exchanges_of(
    r: &mut Reader<'_>,
    profile: RecordId,
) -> Result<Vec<(RecordId, Exchange)>> {
    let (_, budget) = budget::of(r, profile)?;
    let mut exchanges = Vec::new();
    for n in 0..budget.exchanges {
        let id = r.at(List::CodesOf(profile), n.into())?;
        exchanges.push((id, r.require(id)?));
    }
    Ok(exchanges)
}

/// Whether the newest code of a binding is still pending.
pub(super) fn is_pending(exchange: &Exchange, moment: Moment, boot: BootTime) -> bool {
    let newest = exchange.codes.last();
    newest.is_some_and(|code| Clocks { moment, boot }.state(code) == CodeState::Pending)
}

/// The two clocks by which a code is judged.
#[derive(Debug, Clone, Copy)]
struct Clocks {
    moment: Moment,
    boot: BootTime,
}

impl Clocks {
    fn new(r: &Reader<'_>, now: Time, boot: BootTime) -> Self {
        Self { moment: Moment::new(r, now), boot }
    }

    /// A clock that was set back would make a code good for longer: nothing is made or taken until
    /// an operator has looked.
    fn ensure_sound(r: &Reader<'_>, now: Time) -> Result<()> {
        let behind = r.wall_max().seconds().saturating_sub(now.seconds());
        if behind > CLOCK_SLACK { Err(Error::Clock { behind }) } else { Ok(()) }
    }

    fn state(self, code: &CodeRecord) -> CodeState {
        code.state(self.moment.latest, self.boot)
    }
}

/// The records a binding names.
struct Subject {
    profile: (RecordId, Profile),
    connection: (RecordId, Connection),
    environment: (RecordId, Environment),
}

impl Subject {
    fn resolve(r: &mut Reader<'_>, binding: &Binding) -> Result<Self> {
        let Binding { profile, connection, environment } = binding;
        Ok(Self {
            profile: lookup::named(r, profile)?,
            connection: lookup::named(r, connection)?,
            environment: match environment {
                Some(name) => lookup::named(r, name)?,
                None => lookup::default_environment(r)?,
            },
        })
    }

    fn profile_name(&self) -> Result<&ProfileName> {
        self.profile.1.name.as_ref().ok_or(Error::Bug("a deleted profile is given a code"))
    }

    fn codes(&self) -> Unique<'_> {
        Unique::Codes(self.profile.0, self.connection.0, self.environment.0)
    }

    fn exchange(&self, r: &mut Reader<'_>) -> Result<Option<(RecordId, Exchange)>> {
        let Some(id) = r.find(self.codes())? else { return Ok(None) };
        let exchange: Exchange = r.require(id)?;
        let bound = (exchange.profile, exchange.connection, exchange.environment);
        if bound != (self.profile.0, self.connection.0, self.environment.0) {
            return Err(Error::Integrity("a code leads to another binding".to_owned()));
        }
        Ok(Some((id, exchange)))
    }

    fn summary(&self, code: &CodeRecord, clocks: Clocks) -> Result<Summary> {
        let names = Names {
            profile: self.profile_name()?,
            connection: &self.connection.1.name,
            environment: &self.environment.1.name,
        };
        Ok(summarise(code, &names, clocks))
    }
}

/// What a code's binding is called.
struct Names<'a> {
    profile: &'a ProfileName,
    connection: &'a ConnectionName,
    environment: &'a EnvironmentName,
}

fn summarise(code: &CodeRecord, names: &Names<'_>, clocks: Clocks) -> Summary {
    let token = match code.end {
        Some(CodeEnd { how: Ending::Used(token) | Ending::UsedForGood(token), .. }) => Some(token),
        _ => None,
    };
    Summary {
        id: code.id,
        profile: names.profile.clone(),
        connection: names.connection.clone(),
        environment: names.environment.clone(),
        device: code.device.clone(),
        sent_to: code.sent_to.clone(),
        state: clocks.state(code),
        delivery: code.delivery.word(),
        cause: code.delivery.cause().map(str::to_owned),
        tries: code.tries,
        created_at: code.created_at,
        expires_at: code.expires_at,
        ended_at: code.end.as_ref().map(|end| end.at),
        token,
    }
}

/// What the audit log calls a code.
fn object(id: CodeId) -> Object {
    Object { kind: "otp".to_owned(), id: id.to_string(), name: None }
}

/// Facts that say what a code is for.
fn facts(subject: &Subject) -> super::journal::Facts {
    super::journal::Facts::new()
        .of(subject.profile.0, subject.profile.1.name.as_ref())
        .with("connection", Some(&subject.connection.1.name))
        .with("environment", Some(&subject.environment.1.name))
}

/// Writes down what was refused; who is not there is not named, since it may be a secret that was
/// typed in the wrong place.
fn journal_refused(
    w: &mut Writer<'_>,
    action: &'static str,
    subject: Option<&Subject>,
    why: &str,
) -> Result<()> {
    let nobody = || Object { kind: "profile".to_owned(), id: String::new(), name: None };
    let object =
        subject.map_or_else(nobody, |it| super::journal::profile(it.profile.0, &it.profile.1));
    let facts = subject.map(facts).unwrap_or_default().with("reason", Some(why));
    w.audit_outcome(action, Outcome::Refused, object, facts.into())
}
