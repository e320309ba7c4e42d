//! Issues a token that replaces another: with the same scope and name.

use super::draft::{Draft, SuccessorLifetime};
use super::issued::{Assumed, Issued};
use super::issuer::{Issuer, Origin, TokenTerms};
use super::owner::TokenOwner;
use super::term;
use super::usable::ensure_usable;
use crate::barrier::{Reader, Writer};
use crate::error::{Error, Refusal, Result};
use crate::model::environment::Environment;
use crate::model::profile::Profile;
use crate::model::time::{Expiry, Time};
use crate::model::token::{Encoding, Pending, Token, TokenRecord};

impl Issuer {
    /// Issues the successor of a token.
    pub(in crate::ops) fn issue_successor(
        &mut self,
        w: &mut Writer<'_>,
        old: &TokenRecord,
        life: SuccessorLifetime,
        form: Encoding,
        pending_until: Option<Time>,
    ) -> Result<Issued> {
        let profile: Profile = w.require(old.owner)?;
        let name = profile
            .name
            .ok_or(Error::Bug("a deleted profile is given a token"))?;
        let mut owner = self.owner(w, &name)?;
        let mut assumed = Assumed::default();
        let terms = self.inherited(w, &owner.profile, old, life, &mut assumed)?;
        let draft = Draft {
            device: old.device.clone(),
            allow_ip: old.allow_ip.clone(),
            form,
            ..Draft::new(name.clone(), old.name.clone())
        };
        let pending = pending_until.map(Pending::until);
        let origin = Origin {
            pending,
            predecessor: Some(old.public),
            ..Origin::default()
        };
        let issued = self.build(w, &mut owner, &draft, &terms, assumed, origin)?;
        self.owners.insert(name.canonical(), owner);
        Ok(issued)
    }

    /// Issues a token by its draft that replaces another one of that name. Without an expiry in the
    /// draft it has the old token's lifetime.
    pub(in crate::ops) fn supersede(
        &mut self,
        w: &mut Writer<'_>,
        old: &TokenRecord,
        draft: &Draft,
        secret: Option<&Token>,
    ) -> Result<Issued> {
        let mut owner = self.owner(w, &draft.profile)?;
        let issued = self.supersede_for(w, &mut owner, old, draft, secret);
        self.owners.insert(draft.profile.canonical(), owner);
        issued
    }

    fn supersede_for(
        &mut self,
        w: &mut Writer<'_>,
        owner: &mut TokenOwner,
        old: &TokenRecord,
        draft: &Draft,
        secret: Option<&Token>,
    ) -> Result<Issued> {
        let mut assumed = Assumed::default();
        let terms = self.terms_over(w, &owner.profile, old, draft, &mut assumed)?;
        let connection = terms.connection_id();
        let device = draft.device.as_ref();
        let kept = match (&old.device, device) {
            (Some(old_device), Some(new)) => {
                old_device.same_as(new) && old.connection == connection
            }
            _ => false,
        };
        if !kept {
            owner.ensure_device_free(w, connection, device, self.clocks)?;
        }
        let origin = Origin {
            predecessor: Some(old.public),
            secret,
            ..Origin::default()
        };
        self.build(w, owner, draft, &terms, assumed, origin)
    }

    fn terms_over(
        &mut self,
        r: &mut Reader<'_>,
        profile: &Profile,
        old: &TokenRecord,
        draft: &Draft,
        assumed: &mut Assumed,
    ) -> Result<TokenTerms> {
        if draft.expires.is_some() {
            return self.terms(r, profile, draft, assumed);
        }
        let as_before = Draft {
            expires: Some(same_lifetime(old, self.clocks.now)),
            ..draft.clone()
        };
        match self.terms(r, profile, &as_before, assumed) {
            // It was issued when the connection allowed more.
            Err(Error::Refused(Refusal::LifetimeTooLong { .. })) => {
                self.terms(r, profile, draft, assumed)
            }
            terms => terms,
        }
    }

    fn inherited(
        &mut self,
        r: &mut Reader<'_>,
        profile: &Profile,
        old: &TokenRecord,
        life: SuccessorLifetime,
        assumed: &mut Assumed,
    ) -> Result<TokenTerms> {
        let environment: Environment = r.require(old.environment)?;
        let bound = match old.connection {
            Some(id) => Some((id, self.connections.open(r, id)?)),
            None => None,
        };
        if let Some((id, connection)) = &bound {
            ensure_usable(profile, *id, connection)?;
        }
        let usable = old.connection.as_ref().map(std::slice::from_ref);
        let usable = usable
            .or(profile.restriction.as_deref())
            .unwrap_or_default();
        let limit = term::limit(r, &mut self.connections, usable)?;
        let mut end = |expires| term::end(expires, limit.clone(), self.usual, self.clocks, assumed);
        let expires_at = match life {
            SuccessorLifetime::Requested(expires) => end(expires),
            SuccessorLifetime::Inherited => match end(Some(same_lifetime(old, self.clocks.now))) {
                // It was issued when the connection allowed more.
                Err(Error::Refused(Refusal::LifetimeTooLong { .. })) => end(None),
                other => other,
            },
        }?;
        Ok(TokenTerms {
            environment: (old.environment, environment.into()),
            bound,
            expires_at,
        })
    }
}

/// The expiry of a token that gets the old token's lifetime, starting now.
fn same_lifetime(old: &TokenRecord, now: Time) -> Expiry {
    match old.expires_at {
        Some(end) => {
            let life = end.seconds() - old.created_at.seconds();
            Expiry::At(Time::from_seconds(now.seconds().saturating_add(life)).min(Time::LAST))
        }
        None => Expiry::Never,
    }
}
