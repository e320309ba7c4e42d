//! Mail: by which way it leaves.

use crate::barrier::{Reader, Unique};
use crate::error::{Error, Result};
use crate::model::id::RecordId;
use crate::model::mail::MailSettings;

/// By which settings mail for an environment leaves: its own, or else the general ones.
pub(in crate::ops) fn settings_for(
    r: &mut Reader<'_>,
    environment: RecordId,
) -> Result<Option<MailSettings>> {
    match own(r, Some(environment))? {
        Some((_, settings)) => Ok(Some(settings)),
        None => Ok(own(r, None)?.map(|(_, settings)| settings)),
    }
}

/// The settings of exactly this environment, or the general ones.
fn own(
    r: &mut Reader<'_>,
    environment: Option<RecordId>,
) -> Result<Option<(RecordId, MailSettings)>> {
    let Some(id) = r.find(Unique::Mail(environment))? else { return Ok(None) };
    let settings: MailSettings = r.require(id)?;
    if settings.environment != environment {
        return Err(Error::Integrity("an environment leads to another's mail settings".to_owned()));
    }
    Ok(Some((id, settings)))
}
