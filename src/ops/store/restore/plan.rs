//! Plans what to carry over into an older state, before anything is changed.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::doubt::{Doubt, MayRevive};
use super::known::{Known, Survivors};
use super::merge::{self, Merged};
use crate::barrier::{List, Reader, Remembered, SlotSummary};
use crate::error::Result;
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::id::RecordId;
use crate::model::name::{EnvironmentName, ProfileName};
use crate::model::profile::Profile;
use crate::model::time::Time;
use crate::model::token::TokenRecord;
use crate::ops::records::{lookup, mail_settings};

/// What was carried over, and what could not be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Carried {
    /// The number of tokens and profiles known to be revoked or deleted, and now revoked or deleted
    /// again.
    pub revoked_again: u64,
    /// The number of other records known to be suspended, blocked, deleted, restricted or to expire
    /// earlier, and now so again.
    pub ended_again: u64,
    /// The number of passwords that are not current, or may not be.
    pub passwords_cleared: u64,
    /// What may be valid again, because its later history is unknown.
    pub may_revive: Vec<MayRevive>,
}

/// One change of the older state.
#[derive(Debug, Clone, Copy)]
pub(super) enum RestoreStep {
    RevokeToken(RecordId),
    RestrictToken(RecordId),
    DeleteProfile(RecordId),
    RestrictProfile(RecordId),
    RestrictConnection(RecordId),
    MakeDefault(RecordId),
    DeleteConnection(RecordId),
    DeleteEnvironment(RecordId),
    /// The attempts of a profile.
    CountTries(RecordId),
    /// The mails to a profile's address.
    CountMails(RecordId),
}

/// All changes in their order, and the resulting counts.
#[derive(Default)]
pub(in crate::ops) struct RestorePlan {
    pub(super) steps: Vec<RestoreStep>,
    pub(super) survivors: Survivors,
    pub(in crate::ops) carried: Carried,
}

impl RestorePlan {
    /// Plans what has to be carried over into a state with these key slots.
    pub(in crate::ops) fn of(
        r: &mut Reader<'_>,
        known: &Known<'_>,
        slots: &[SlotSummary],
        now: Time,
    ) -> Result<Self> {
        let plan = Self::default();
        let ended = Survivors::new();
        let last = Vec::new();
        let mut planner = Planner {
            known,
            now,
            plan,
            ended,
            last,
        };
        planner.store(slots);
        planner.connections(r)?;
        planner.environments(r)?;
        planner.mail(r)?;
        let profiles = lookup::all::<Profile>(r, List::Profiles)?;
        planner.tokens(r, &profiles)?;
        for (id, own) in &profiles {
            planner.profile(*id, own);
        }
        let Planner { mut plan, last, .. } = planner;
        plan.steps.extend(last);
        plan.carried.may_revive.sort();
        Ok(plan)
    }
}

struct Planner<'a> {
    known: &'a Known<'a>,
    now: Time,
    plan: RestorePlan,
    /// Connections and environments that are deleted.
    ended: HashSet<RecordId>,
    /// Their deletion, after everything that refers to them.
    last: Vec<RestoreStep>,
}

impl<'a> Planner<'a> {
    /// Doubts about the store as a whole.
    fn store(&mut self, slots: &[SlotSummary]) {
        for slot in slots.iter().filter(|slot| !slot.in_use) {
            if self.known.may_lack_slot(&slot.id) {
                self.may_revive(Doubt::Key, &slot.id);
            }
        }
        if self.known.tombstones.damaged() {
            self.may_revive(Doubt::Tombstones, "");
        }
        if !self.known.complete {
            self.may_revive(Doubt::Rules, "");
        }
    }

    fn connections(&mut self, r: &mut Reader<'_>) -> Result<()> {
        for (id, own) in lookup::all::<Connection>(r, List::Connections)? {
            let name = own.name.as_str();
            let blocked = match merge::connection(id, &own, self.known, self.now) {
                Merged::Ended => {
                    self.ended.insert(id);
                    self.last.push(RestoreStep::DeleteConnection(id));
                    self.plan.carried.ended_again += 1;
                    continue;
                }
                Merged::Stricter(merged) => {
                    self.plan.steps.push(RestoreStep::RestrictConnection(id));
                    self.plan.carried.ended_again += 1;
                    merged.blocked.is_some()
                }
                Merged::Same => own.blocked.is_some(),
            };
            self.plan.survivors.insert(id);
            if !blocked
                && self
                    .earlier(id)
                    .is_some_and(|tombstone| tombstone.blocked(0))
            {
                self.may_revive(Doubt::Block, name);
            }
            let newer = self.known.connection(id).newer();
            if newer.is_some_and(|record| record.api_key != own.api_key) {
                self.may_revive(Doubt::ApiKey, name);
            }
            if newer.is_none() && self.known.may_lack() {
                self.may_revive(Doubt::Connection, name);
            }
        }
        Ok(())
    }

    /// Plans environments. One of them stays the default.
    fn environments(&mut self, r: &mut Reader<'_>) -> Result<()> {
        let all = lookup::all::<Environment>(r, List::Environments)?;
        let (ended, stay): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|(id, _)| matches!(merge::environment(*id, self.known), Merged::Ended));
        for (id, own) in &stay {
            let newer = self.known.environment(*id).newer();
            if newer.is_some_and(|record| record.key != own.key) {
                self.may_revive(Doubt::EnvironmentKey, own.name.as_str());
            }
            if newer.is_none() && self.known.may_lack() {
                self.may_revive(Doubt::Environment, own.name.as_str());
            }
        }
        let successor = self.default_among(&stay);
        for (id, own) in ended {
            self.ended.insert(id);
            match (own.default, successor) {
                (false, _) => {}
                (true, Some(successor)) => {
                    self.plan.steps.push(RestoreStep::MakeDefault(successor));
                }
                (true, None) => {
                    // Tokens need an environment. The tokens of this one are revoked all the same.
                    self.may_revive(Doubt::DefaultEnvironment, own.name.as_str());
                    continue;
                }
            }
            self.last.push(RestoreStep::DeleteEnvironment(id));
            self.plan.carried.ended_again += 1;
        }
        Ok(())
    }

    /// Plans mail settings.
    fn mail(&mut self, r: &mut Reader<'_>) -> Result<()> {
        let environments = lookup::all::<Environment>(r, List::Environments)?;
        let own = environments
            .iter()
            .map(|(id, environment)| (Some(*id), environment.name.as_str()));
        for (environment, name) in own.chain([(None, "")]) {
            let settings = mail_settings::settings_of(r, environment)?;
            if settings.is_some_and(|own| self.known.has_other_mail(environment, &own)) {
                self.may_revive(Doubt::Mail, name);
            }
        }
        Ok(())
    }

    /// The environment that becomes the default if the default one is deleted.
    fn default_among(&self, stay: &[(RecordId, Environment)]) -> Option<RecordId> {
        let was = |id: &RecordId| {
            self.known
                .environment(*id)
                .newer()
                .is_some_and(|record| record.default)
        };
        let first = || {
            let by_name =
                |stay: &&(RecordId, Environment)| EnvironmentName::canonical(&stay.1.name);
            stay.iter().min_by_key(by_name)
        };
        stay.iter()
            .find(|(id, _)| was(id))
            .or_else(first)
            .map(|(id, _)| *id)
    }

    fn tokens(&mut self, r: &mut Reader<'_>, profiles: &[(RecordId, Profile)]) -> Result<()> {
        let owners: HashMap<_, _> = profiles
            .iter()
            .map(|(id, connection)| (*id, connection.name.as_ref()))
            .collect();
        for part in 0..=u8::MAX {
            for (id, own) in r.part::<TokenRecord>(part)? {
                if own.revoked.is_none() {
                    self.token(id, &own, owners.get(&own.owner).copied().flatten());
                }
            }
        }
        Ok(())
    }

    fn token(&mut self, id: RecordId, own: &TokenRecord, owner: Option<&ProfileName>) {
        let mut bound = own.connection.iter().chain([&own.environment]);
        let orphaned = bound.any(|id| self.ended.contains(id));
        let fate = merge::token(id, own, self.known, self.now);
        if orphaned || matches!(fate, Merged::Ended) {
            self.plan.steps.push(RestoreStep::RevokeToken(id));
            self.plan.carried.revoked_again += 1;
            return;
        }
        let (suspended, expires_at) = match &fate {
            Merged::Stricter(merged) => {
                self.plan.steps.push(RestoreStep::RestrictToken(id));
                self.plan.carried.ended_again += 1;
                (&merged.suspended, merged.expires_at)
            }
            _ => (&own.suspended, own.expires_at),
        };
        // The tokens of a deleted profile are revoked by the deletion.
        let Some(owner) = owner else { return };
        let earlier = self.earlier(id);
        let was_suspended = earlier.and_then(|tombstone| tombstone.suspended(0));
        if suspended.is_none() && was_suspended.is_some_and(|until| holds(until, self.now)) {
            self.may_revive(Doubt::TokenSuspension, &format!("{owner}/{}", own.name));
        }
        let ended = earlier.and_then(|tombstone| tombstone.end(0));
        if ended.is_some_and(|end| expires_at.is_none_or(|it| end < it)) {
            self.may_revive(Doubt::TokenEnd, &format!("{owner}/{}", own.name));
        }
        if self.known.token(id).newer().is_none() && self.known.may_lack() {
            self.may_revive(Doubt::Token, &format!("{owner}/{}", own.name));
        }
    }

    fn profile(&mut self, id: RecordId, own: &Profile) {
        let name = own
            .name
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let (suspended, password) =
            match merge::profile(id, own, self.known, &self.plan.survivors, self.now) {
                Merged::Ended => {
                    self.plan.steps.push(RestoreStep::DeleteProfile(id));
                    self.plan.carried.revoked_again += 1;
                    return;
                }
                Merged::Stricter(merged) => {
                    self.plan.steps.push(RestoreStep::RestrictProfile(id));
                    let cleared = own.password.is_some() && merged.password.is_none();
                    self.plan.carried.passwords_cleared += u64::from(cleared);
                    self.plan.carried.ended_again += u64::from(merge::narrows(own, &merged));
                    (merged.suspended.is_some(), merged.password.is_some())
                }
                Merged::Same => (own.suspended.is_some(), own.password.is_some()),
            };
        if self.known.budget(id).is_some() {
            self.plan.steps.push(RestoreStep::CountTries(id));
        }
        if own.email.is_some() {
            self.plan.steps.push(RestoreStep::CountMails(id));
        }
        let newer = self.known.profile(id).newer();
        let sure = self.known.complete && (newer.is_some() || !self.known.may_lack());
        if password && !sure {
            self.may_revive(Doubt::Password, &name);
        }
        let was_suspended = self
            .earlier(id)
            .and_then(|tombstone| tombstone.suspended(0));
        if !suspended && was_suspended.is_some_and(|until| holds(until, self.now)) {
            self.may_revive(Doubt::ProfileSuspension, &name);
        }
        if own.email.is_some() && newer.is_some_and(|record| record.email != own.email) {
            self.may_revive(Doubt::Email, &name);
        }
        if newer.is_none() && self.known.may_lack() {
            self.may_revive(Doubt::Profile, &name);
        }
    }

    /// This machine's tombstone of a record from before the older state. In a diverged history it
    /// may not have happened; if everything is known, it was lifted since.
    fn earlier(&self, id: RecordId) -> Option<Remembered<'a>> {
        (!self.known.complete).then(|| self.known.tombstones.of(id))
    }

    fn may_revive(&mut self, doubt: Doubt, name: &str) {
        let name = name.to_owned();
        self.plan.carried.may_revive.push(MayRevive { doubt, name });
    }
}

fn holds(until: Option<Time>, now: Time) -> bool {
    until.is_none_or(|until| now < until)
}
