//! Audit rows about environments.

use crate::barrier::Writer;
use crate::error::Result;
use crate::model::audit::Action;
use crate::model::environment::Environment;
use crate::model::id::RecordId;
use crate::ops::records::journal::{self, LogFacts};

pub(super) fn journal_as(
    w: &mut Writer<'_>,
    action: Action,
    id: RecordId,
    environment: &Environment,
    facts: LogFacts,
) -> Result<()> {
    w.audit(action, journal::environment(id, environment), facts.into())
}
