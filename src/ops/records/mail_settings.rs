//! The records of mail settings: of an environment, or the general ones.

use crate::barrier::{Reader, Unique, Writer};
use crate::error::{Error, Result};
use crate::model::audit::Action;
use crate::model::id::RecordId;
use crate::model::mail::MailSettings;
use crate::model::name::EnvironmentName;
use crate::ops::records::journal::{self, LogFacts};

/// The settings that apply to an environment: its own, or else the general ones.
pub(in crate::ops) fn settings_for(
    r: &mut Reader<'_>,
    environment: RecordId,
) -> Result<Option<MailSettings>> {
    match own(r, Some(environment))? {
        Some((_, settings)) => Ok(Some(settings)),
        None => Ok(own(r, None)?.map(|(_, settings)| settings)),
    }
}

/// The environment whose settings those are that apply to `environment`; `None` if the general ones
/// do.
pub(in crate::ops) fn owner_for(
    r: &mut Reader<'_>,
    environment: RecordId,
) -> Result<Option<RecordId>> {
    let own = r.find(Unique::Mail(Some(environment)))?;
    Ok(own.map(|_| environment))
}

/// Removes an environment's own settings, or the general ones; returns what they were.
pub(in crate::ops) fn remove_settings(
    w: &mut Writer<'_>,
    owner: Option<RecordId>,
    environment: Option<&EnvironmentName>,
) -> Result<Option<MailSettings>> {
    let Some((id, settings)) = own(w, owner)? else {
        return Ok(None);
    };
    w.unindex(Unique::Mail(owner))?;
    w.remove(id)?;
    let facts = LogFacts::new().with("transport", Some(&settings.transport));
    w.audit(
        Action::MailClear,
        journal::mail(owner, environment),
        facts.into(),
    )?;
    Ok(Some(settings))
}

/// The settings of exactly this environment, or the general ones.
pub(in crate::ops) fn settings_of(
    r: &mut Reader<'_>,
    environment: Option<RecordId>,
) -> Result<Option<MailSettings>> {
    Ok(own(r, environment)?.map(|(_, settings)| settings))
}

/// As [`settings_of`], with the record id.
pub(in crate::ops) fn own(
    r: &mut Reader<'_>,
    environment: Option<RecordId>,
) -> Result<Option<(RecordId, MailSettings)>> {
    let Some(id) = r.find(Unique::Mail(environment))? else {
        return Ok(None);
    };
    let settings: MailSettings = r.require(id)?;
    if settings.environment != environment {
        return Err(Error::Integrity(
            "an environment points to another's mail settings".to_owned(),
        ));
    }
    Ok(Some((id, settings)))
}
