//! The one way a token comes into being.

use super::handover::deliver;
use super::issuer::{Issuer, Origin};
use super::occupant::{Occupant, Owner};
use super::resume::resume;
use super::sink::{Course, Delivery, deliver_pending};
use super::{Draft, Summary};
use crate::barrier::{Details, Writer};
use crate::error::Result;
use crate::model::audit::Object;
use crate::model::id::RecordId;
use crate::model::name::{ConnectionName, EnvironmentName};
use crate::model::time::{Span, Time};
use crate::model::token::Pending;
use crate::ops::Core;
use crate::ops::journal::{Facts, listed};
use crate::secret::SecretText;

/// How many tokens one audit row of a bulk issue names.
pub(super) const NAMED_IN_A_ROW: usize = 50;

/// A new token, with its secret: the one time it is seen.
#[derive(Debug)]
pub struct Issued {
    /// The token.
    pub summary: Summary,
    /// Its secret, in the spelling that was asked for.
    pub secret: SecretText,
    /// What the draft left open and how it was filled.
    pub assumed: Assumed,
    /// How it came about.
    pub how: How,
    /// What its sink held before, if it held anything.
    pub replaced: Option<Occupant>,
    pub(super) owner: RecordId,
}

/// How a call came by its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It made it.
    Made,
    /// It found it in its sink, made by a call that was killed before it was good, and finished
    /// that.
    Finished,
}

/// What a draft left open and how it was filled; `None` where the draft said it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assumed {
    /// The default environment.
    pub environment: Option<EnvironmentName>,
    /// The only connection of the profile's restriction.
    pub connection: Option<ConnectionName>,
    /// The lifetime.
    pub lifetime: Option<Lifetime>,
}

/// An assumed lifetime, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lifetime {
    /// How long.
    pub span: Span,
    /// Whose lifetime it is; `None` is the setting `token_lifetime`.
    pub connection: Option<ConnectionName>,
}

/// How long a token lives whose draft does not say.
#[derive(Debug, Clone, Copy)]
pub(in crate::ops) enum Usual {
    /// As long as its connections allow; this long where they say nothing.
    Allowed(Span),
    /// This long, or as long as its connections allow if that is shorter.
    Short(Span),
}

/// Makes a token and delivers it.
///
/// A call that was killed while its sink had the token already finishes it when it is repeated.
pub fn issue<'a>(core: &mut Core, draft: &Draft, to: impl Into<Delivery<'a>>) -> Result<Issued> {
    let usual = Usual::Allowed(core.token_lifetime);
    match to.into() {
        Delivery::AtOnce(handover) => {
            let make = |w: &mut Writer<'_>| issue_within(w, draft, usual, "token.add");
            deliver(core, handover, |w| Ok(((), make(w)?))).map(|it| it.1)
        }
        Delivery::Pending(sink) => {
            let mut course = Simple { draft, usual };
            match resume(core, sink, draft, &mut course)? {
                Some(finished) => Ok(finished),
                None => deliver_pending(core, sink, &mut course),
            }
        }
    }
}

/// A token that nothing else comes or goes with.
struct Simple<'a> {
    draft: &'a Draft,
    usual: Usual,
}

impl Course for Simple<'_> {
    fn owner(&self) -> Owner<'_> {
        Owner::Named(&self.draft.profile)
    }

    fn make(&mut self, w: &mut Writer<'_>, until: Time) -> Result<Issued> {
        issue_pending(w, self.draft, self.usual, until)
    }
}

/// Makes many tokens in one transaction: all of them or none.
///
/// Nothing is handed over; what is returned is valid at once.
pub fn issue_many(core: &mut Core, drafts: &[Draft]) -> Result<Vec<Issued>> {
    core.in_bulk(drafts.len(), |core| issue_all(core, drafts))
}

fn issue_all(core: &mut Core, drafts: &[Draft]) -> Result<Vec<Issued>> {
    let usual = Usual::Allowed(core.token_lifetime);
    core.write(|w| {
        let mut rules = Issuer::new(w, usual);
        let issued = drafts
            .iter()
            .map(|draft| rules.make(w, draft, Origin::default()))
            .collect::<Result<Vec<_>>>()?;
        rules.finish(w)?;
        for some in issued.chunk_by(|a, b| a.owner == b.owner) {
            some.chunks(NAMED_IN_A_ROW).try_for_each(|row| journal_many(w, row))?;
        }
        Ok(issued)
    })
}

/// Makes a token within a transaction; `action` is what the log calls that.
pub(in crate::ops) fn issue_within(
    w: &mut Writer<'_>,
    draft: &Draft,
    usual: Usual,
    action: &'static str,
) -> Result<Issued> {
    issue_as(w, draft, usual, action, Origin::default())
}

/// As [`issue_within`], pending until then.
pub(in crate::ops) fn issue_pending(
    w: &mut Writer<'_>,
    draft: &Draft,
    usual: Usual,
    until: Time,
) -> Result<Issued> {
    issue_delivering(w, draft, usual, "token.add", Some(Pending::until(until)))
}

/// As [`issue_within`], pending if it is delivered to a place that takes its time.
pub(in crate::ops) fn issue_delivering(
    w: &mut Writer<'_>,
    draft: &Draft,
    usual: Usual,
    action: &'static str,
    pending: Option<Pending>,
) -> Result<Issued> {
    issue_as(w, draft, usual, action, Origin { pending, ..Origin::default() })
}

fn issue_as(
    w: &mut Writer<'_>,
    draft: &Draft,
    usual: Usual,
    action: &'static str,
    origin: Origin<'_>,
) -> Result<Issued> {
    let mut rules = Issuer::new(w, usual);
    let issued = rules.make(w, draft, origin)?;
    rules.finish(w)?;
    journal_one(w, &issued, action)?;
    Ok(issued)
}

pub(super) fn journal_one(w: &mut Writer<'_>, issued: &Issued, action: &'static str) -> Result<()> {
    let token = &issued.summary;
    w.audit(action, object(token), uses(token, issued.owner))
}

/// What the log says of a new token.
pub(super) fn uses(token: &Summary, owner: RecordId) -> Details {
    let facts = Facts::new()
        .of(owner, token.profile.as_ref())
        .with("connection", token.connection.as_ref())
        .with("environment", Some(&token.environment))
        .with("device", token.device.as_ref())
        .with("allow_ip", (!token.allow_ip.is_empty()).then(|| listed(&token.allow_ip)))
        .with("expires_at", token.expires_at);
    facts.into()
}

/// One row for many tokens of a profile: a row each would be as large as the tokens.
fn journal_many(w: &mut Writer<'_>, issued: &[Issued]) -> Result<()> {
    let Some(first) = issued.first() else { return Ok(()) };
    let ids: Vec<_> = issued.iter().map(|it| it.summary.id).collect();
    let facts = Facts::new()
        .of(first.owner, first.summary.profile.as_ref())
        .with("tokens", Some(listed(&ids)));
    w.audit("token.add", object(&first.summary), facts.into())
}

pub(super) fn object(token: &Summary) -> Object {
    Object {
        kind: "token".to_owned(),
        id: token.id.to_string(),
        name: Some(token.name.to_string()),
    }
}
