//! A profile that is given tokens: whether it may have one of that name and device.

use std::collections::HashMap;

use crate::backend::Fault;
use crate::barrier::{List, Reader, Unique, Writer};
use crate::error::{Error, Refusal, Result};
use crate::model::id::RecordId;
use crate::model::name::{ProfileName, TokenName};
use crate::model::profile::Profile;
use crate::model::token::TokenRecord;
use crate::ops::lookup::{self, Moment};
use crate::ops::token::{Draft, is_live, name_holder, of_profile};

/// A profile that is given tokens.
pub(super) struct Owner {
    pub(super) id: RecordId,
    pub(super) profile: Profile,
    /// Which live token has which device, by connection; loaded when a device first matters.
    devices: Option<HashMap<(Option<RecordId>, String), TokenName>>,
}

impl Owner {
    /// The profile of that name, which must not be suspended.
    pub(super) fn load(r: &mut Reader<'_>, name: &ProfileName, moment: Moment) -> Result<Self> {
        let (id, profile) = lookup::named::<Profile>(r, name)?;
        if profile.suspended.as_ref().is_some_and(|it| it.holds(moment.now)) {
            return Err(Refusal::ProfileSuspended(name.clone()).into());
        }
        Ok(Self { id, profile, devices: None })
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
        if holder.pending_until.is_some() {
            // Somebody is delivering it right now; whether it will exist is not known yet.
            return Err(Fault::Busy.into());
        }
        let profile = self.profile.name.clone();
        let profile = profile.ok_or(Error::Bug("a deleted profile is given a token"))?;
        Err(Error::TokenExists(profile, holder.name))
    }

    /// A device has one live token for each connection.
    pub(super) fn claim_device(
        &mut self,
        r: &mut Reader<'_>,
        connection: Option<RecordId>,
        draft: &Draft,
        moment: Moment,
    ) -> Result<()> {
        let Some(device) = &draft.device else { return Ok(()) };
        if self.devices.is_none() {
            self.devices = Some(self.load_devices(r, moment)?);
        }
        let devices = self.devices.get_or_insert_default();
        match devices.insert((connection, device.canonical()), draft.name.clone()) {
            None => Ok(()),
            Some(other) => Err(Refusal::State(format!(
                "token `{other}` is for device `{device}` already, on the same connection"
            ))
            .into()),
        }
    }

    fn load_devices(
        &self,
        r: &mut Reader<'_>,
        moment: Moment,
    ) -> Result<HashMap<(Option<RecordId>, String), TokenName>> {
        let tokens = of_profile(r, self.id, self.profile.tokens)?.into_iter();
        let live = tokens.filter(|(_, token)| is_live(token, &self.profile, moment));
        Ok(live
            .filter_map(|(_, token)| {
                token.device.map(|device| ((token.connection, device.canonical()), token.name))
            })
            .collect())
    }

    /// Stores a token of this profile.
    pub(super) fn keep(&mut self, w: &mut Writer<'_>, token: &TokenRecord) -> Result<()> {
        let id = w.fresh_id()?;
        w.add(id, token)?;
        w.index(Unique::Token(token.public), id)?;
        w.reindex(Unique::TokenName(self.id, &token.name.canonical()), id)?;
        w.push(List::TokensOf(self.id), self.profile.tokens, id)?;
        let more = self.profile.tokens.checked_add(1);
        self.profile.tokens = more.ok_or(Refusal::Limit("a profile cannot have more tokens"))?;
        Ok(())
    }
}
