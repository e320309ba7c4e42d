//! Audit rows about profiles.

use crate::barrier::Writer;
use crate::error::Result;
use crate::model::audit::Action;
use crate::model::id::RecordId;
use crate::model::profile::Profile;
use crate::ops::records::journal::{self, LogFacts};

pub(super) fn journal_as(
    w: &mut Writer<'_>,
    action: Action,
    id: RecordId,
    profile: &Profile,
    facts: LogFacts,
) -> Result<()> {
    w.audit(action, journal::profile(id, profile), facts.into())
}
