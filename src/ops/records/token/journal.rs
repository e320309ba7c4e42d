//! Audit rows about new tokens.

use super::issued::Issued;
use super::summary::Summary;
use crate::barrier::{Details, Writer};
use crate::error::Result;
use crate::model::audit::{Action, Object, ObjectKind};
use crate::model::id::RecordId;
use crate::ops::records::journal::{LogFacts, listed};

/// The number of tokens that one audit row of a bulk issue lists.
pub(in crate::ops) const NAMED_IN_A_ROW: usize = 50;

pub(in crate::ops) fn journal_one(
    w: &mut Writer<'_>,
    issued: &Issued,
    action: Action,
) -> Result<()> {
    let token = &issued.summary;
    w.audit(action, object(token), uses(token, issued.owner))
}

/// The audit facts about a new token.
pub(in crate::ops) fn uses(token: &Summary, owner: RecordId) -> Details {
    let facts = LogFacts::new()
        .of(owner, token.profile.as_ref())
        .with("connection", token.connection.as_ref())
        .with("environment", Some(&token.environment))
        .with("device", token.device.as_ref())
        .with(
            "allow_ip",
            (!token.allow_ip.is_empty()).then(|| listed(&token.allow_ip)),
        )
        .with("expires_at", token.expires_at)
        .with("parent", token.parent);
    facts.into()
}

/// One row for many tokens of a profile: a row for each would be as large as the tokens.
pub(in crate::ops) fn journal_many(w: &mut Writer<'_>, issued: &[Issued]) -> Result<()> {
    let Some(first) = issued.first() else {
        return Ok(());
    };
    let ids: Vec<_> = issued.iter().map(|it| it.summary.id).collect();
    let facts = LogFacts::new()
        .of(first.owner, first.summary.profile.as_ref())
        .with("tokens", Some(listed(&ids)));
    w.audit(Action::TokenAdd, object(&first.summary), facts.into())
}

pub(in crate::ops) fn object(token: &Summary) -> Object {
    Object::new(
        ObjectKind::Token,
        token.id.to_string(),
        Some(token.name.to_string()),
    )
}

pub(in crate::ops) fn journal_import(
    w: &mut Writer<'_>,
    imported: &Summary,
    owner: RecordId,
) -> Result<()> {
    w.audit(Action::TokenImport, object(imported), uses(imported, owner))
}
