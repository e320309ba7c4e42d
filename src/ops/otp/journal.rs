//! Audit rows about verification codes.

use crate::barrier::Writer;
use crate::error::Result;
use crate::model::audit::{Action, Outcome};
use crate::ops::records::code::Bound;
use crate::ops::records::journal;

/// The audit facts that identify a code's binding.
pub(super) fn facts(subject: &Bound) -> journal::LogFacts {
    journal::LogFacts::new()
        .of(subject.profile.0, subject.profile.1.name.as_ref())
        .with("connection", Some(&subject.connection.1.name))
        .with("environment", Some(&subject.environment.1.name))
}

/// Logs a refusal. A profile that does not exist is not named: the name may be a secret typed into
/// the wrong field.
pub(super) fn journal_refused(
    w: &mut Writer<'_>,
    action: Action,
    subject: Option<&Bound>,
    why: &str,
) -> Result<()> {
    let object = subject.map_or_else(journal::nobody, |bound| {
        journal::profile(bound.profile.0, &bound.profile.1)
    });
    let facts = subject
        .map(facts)
        .unwrap_or_default()
        .with("reason", Some(why));
    w.audit_outcome(action, Outcome::Refused, object, facts.into())
}
