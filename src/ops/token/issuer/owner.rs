//! A profile that is given tokens: whether it may have one of that name and device.

use crate::barrier::{List, Reader, Unique, Writer};
use crate::error::{Error, Refusal, Result};
use crate::model::id::RecordId;
use crate::model::name::{ProfileName, TokenName};
use crate::model::profile::Profile;
use crate::model::text::Device;
use crate::model::token::{Pending, TokenRecord};
use crate::ops::lookup::{self, Moment};
use crate::ops::token::{is_live, name_holder, pending};

/// A profile that is given tokens.
pub(super) struct Owner {
    pub(super) id: RecordId,
    pub(super) profile: Profile,
}

impl Owner {
    /// The profile of that name, which must not be suspended.
    pub(super) fn load(r: &mut Reader<'_>, name: &ProfileName, moment: Moment) -> Result<Self> {
        let (id, profile) = lookup::named::<Profile>(r, name)?;
        if profile.suspended.as_ref().is_some_and(|it| it.holds(moment.now)) {
            return Err(Refusal::ProfileSuspended(name.clone()).into());
        }
        Ok(Self { id, profile })
    }

    /// A live token holds its name; an expired one gives it up.
    pub(super) fn ensure_name_free(
        &self,
        r: &mut Reader<'_>,
        name: &TokenName,
        moment: Moment,
    ) -> Result<()> {
        let holder = name_holder(r, (self.id, &self.profile), name, moment)?;
        let Some(holder) = holder else { return Ok(()) };
        let holder = settled(holder)?;
        Err(Error::TokenExists(self.name()?, holder.name))
    }

    /// A device has one live token for each connection; an expired one gives it up.
    pub(super) fn ensure_device_free(
        &self,
        r: &mut Reader<'_>,
        connection: Option<RecordId>,
        device: Option<&Device>,
        moment: Moment,
    ) -> Result<()> {
        let Some(device) = device else { return Ok(()) };
        let canonical = device.canonical();
        let Some(id) = r.find(Unique::Device(self.id, connection, &canonical))? else {
            return Ok(());
        };
        let holder: TokenRecord = r.require(id)?;
        let same = holder.device.as_ref().is_some_and(|it| it.same_as(device));
        if !same || (holder.owner, holder.connection) != (self.id, connection) {
            return Err(Error::Integrity("a device leads to another record".to_owned()));
        }
        if !is_live(&holder, &self.profile, moment) {
            return Ok(());
        }
        let holder = settled(holder)?;
        let (profile, device) = (self.name()?, device.clone());
        Err(Error::DeviceTaken { profile, device, token: holder.name })
    }

    fn name(&self) -> Result<ProfileName> {
        self.profile.name.clone().ok_or(Error::Bug("a deleted profile is given a token"))
    }

    /// Stores a token of this profile; says where.
    pub(super) fn keep(&mut self, w: &mut Writer<'_>, token: &TokenRecord) -> Result<RecordId> {
        let id = w.fresh_id()?;
        w.add(id, token)?;
        w.index(Unique::Token(token.public), id)?;
        if token.predecessor.is_none() {
            take(w, id, token)?;
        }
        w.push(List::TokensOf(self.id), self.profile.tokens, id)?;
        if token.pending.is_some() {
            pending::enter(w, id)?;
        }
        let more = self.profile.tokens.checked_add(1);
        self.profile.tokens = more.ok_or(Refusal::Limit("a profile cannot have more tokens"))?;
        Ok(id)
    }
}

/// Gives a token its name and its device, whoever had them.
pub(in crate::ops::token) fn take(
    w: &mut Writer<'_>,
    id: RecordId,
    token: &TokenRecord,
) -> Result<()> {
    w.reindex(Unique::TokenName(token.owner, &token.name.canonical()), id)?;
    let Some(device) = &token.device else { return Ok(()) };
    w.reindex(Unique::Device(token.owner, token.connection, &device.canonical()), id)
}

/// A token that is there for good. Of one that somebody is delivering right now it is not known
/// whether it will be.
fn settled(holder: TokenRecord) -> Result<TokenRecord> {
    match holder.pending {
        Some(Pending { until, .. }) => Err(Error::Delivering { token: holder.name, until }),
        None => Ok(holder),
    }
}
