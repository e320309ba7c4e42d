//! Audit rows about connections.

use crate::barrier::Writer;
use crate::error::Result;
use crate::model::audit::Action;
use crate::model::connection::Connection;
use crate::model::id::RecordId;
use crate::ops::records::journal::{self, LogFacts};

pub(super) fn journal_as(
    w: &mut Writer<'_>,
    action: Action,
    id: RecordId,
    connection: &Connection,
    facts: LogFacts,
) -> Result<()> {
    w.audit(action, journal::connection(id, connection), facts.into())
}
