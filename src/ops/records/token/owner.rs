//! A profile that tokens are issued to, and the checks for one name and device.

use super::names::{claim_names, name_holder};
use super::state::is_live;
use super::{pending, session_queue};
use crate::barrier::{List, Reader, Unique, Writer};
use crate::error::{Error, Existing, Refusal, Result};
use crate::model::id::RecordId;
use crate::model::name::{ProfileName, TokenName};
use crate::model::profile::Profile;
use crate::model::text::Device;
use crate::model::token::{Pending, TokenRecord};
use crate::ops::records::clocks::Clocks;
use crate::ops::records::lookup;

/// A profile that tokens are issued to.
pub(in crate::ops) struct TokenOwner {
    pub(in crate::ops) id: RecordId,
    pub(in crate::ops) profile: Profile,
}

impl TokenOwner {
    /// Loads the profile of that name; refused if it is suspended.
    pub(in crate::ops) fn load(
        r: &mut Reader<'_>,
        name: &ProfileName,
        clocks: Clocks,
    ) -> Result<Self> {
        let (id, profile) = lookup::named::<Profile>(r, name)?;
        if profile
            .suspended
            .as_ref()
            .is_some_and(|suspension| suspension.holds(clocks.now))
        {
            return Err(Refusal::ProfileSuspended(name.clone()).into());
        }
        Ok(Self { id, profile })
    }

    /// Refuses a name that a live token has; an expired token gives it up.
    pub(in crate::ops) fn ensure_name_free(
        &self,
        r: &mut Reader<'_>,
        name: &TokenName,
        clocks: Clocks,
    ) -> Result<()> {
        let holder = name_holder(r, (self.id, &self.profile), name, clocks)?;
        let Some(holder) = holder else { return Ok(()) };
        let holder = settled(holder)?;
        Err(Error::Exists(Existing::Token(self.name()?, holder.name)))
    }

    /// Refuses a device that has a live token for the connection; an expired token gives it up.
    pub(in crate::ops) fn ensure_device_free(
        &self,
        r: &mut Reader<'_>,
        connection: Option<RecordId>,
        device: Option<&Device>,
        clocks: Clocks,
    ) -> Result<()> {
        let Some(device) = device else { return Ok(()) };
        let canonical = device.canonical();
        let Some(id) = r.find(Unique::Device(self.id, connection, &canonical))? else {
            return Ok(());
        };
        let holder: TokenRecord = r.require(id)?;
        let same = holder
            .device
            .as_ref()
            .is_some_and(|other| other.same_as(device));
        if !same || (holder.owner, holder.connection) != (self.id, connection) {
            return Err(Error::Integrity(
                "a device points to another record".to_owned(),
            ));
        }
        if !is_live(&holder, &self.profile, clocks) {
            return Ok(());
        }
        let holder = settled(holder)?;
        let profile = self.name()?;
        let device = device.clone();
        Err(Error::Exists(Existing::Device {
            profile,
            device,
            token: holder.name,
        }))
    }

    fn name(&self) -> Result<ProfileName> {
        self.profile
            .name
            .clone()
            .ok_or(Error::Bug("a deleted profile is given a token"))
    }

    /// Stores a token of this profile; returns its record id.
    pub(in crate::ops) fn keep(
        &mut self,
        w: &mut Writer<'_>,
        token: &TokenRecord,
    ) -> Result<RecordId> {
        let id = w.fresh_id()?;
        w.add(id, token)?;
        w.index(Unique::Token(token.public), id)?;
        if token.predecessor.is_none() {
            claim_names(w, id, token)?;
        }
        w.push(List::TokensOf(self.id), self.profile.tokens, id)?;
        if token.pending.is_some() {
            pending::enter(w, id)?;
        }
        session_queue::enter_queue(w, id, token)?;
        let more = self.profile.tokens.checked_add(1);
        self.profile.tokens = more.ok_or(Refusal::Limit("a profile cannot have more tokens"))?;
        Ok(id)
    }
}

/// Returns a token that is not pending. Whether one that is being delivered right now will stay is
/// unknown: `Busy`.
fn settled(holder: TokenRecord) -> Result<TokenRecord> {
    match holder.pending {
        Some(Pending { until, .. }) => Err(Error::Delivering {
            token: holder.name,
            until,
        }),
        None => Ok(holder),
    }
}

/// Refuses a device if a live token of a profile has it for the connection.
pub(in crate::ops) fn ensure_device_free(
    r: &mut Reader<'_>,
    profile: &ProfileName,
    connection: RecordId,
    device: &Device,
    clocks: Clocks,
) -> Result<()> {
    TokenOwner::load(r, profile, clocks)?.ensure_device_free(
        r,
        Some(connection),
        Some(device),
        clocks,
    )
}
