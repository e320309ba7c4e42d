//! Which tokens are meant when none is named.

use crate::barrier::Reader;
use crate::error::Result;
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::id::RecordId;
use crate::model::name::{ConnectionName, EnvironmentName, ProfileName};
use crate::model::profile::Profile;
use crate::model::time::{Since, Span, Time};
use crate::model::token::{TokenRecord, TokenState};
use crate::ops::records::cache::ReferentCache;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::lookup;
use crate::ops::records::token::{Summary, of_profile, summary};

/// Which tokens by their state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Which {
    /// Active, suspended and pending ones.
    #[default]
    Live,
    /// Active ones alone.
    Active,
    /// Suspended ones alone.
    Suspended,
    /// Pending ones alone.
    Pending,
    /// Revoked ones alone.
    Revoked,
    /// Expired ones alone.
    Expired,
    /// Revoked and expired ones: what is left of tokens.
    Ended,
    /// Tombstones too.
    All,
}

impl Which {
    fn has(self, state: TokenState) -> bool {
        match self {
            Self::Live => state.is_live(),
            Self::Active => state == TokenState::Active,
            Self::Suspended => state == TokenState::Suspended,
            Self::Pending => state == TokenState::Pending,
            Self::Revoked => state == TokenState::Revoked,
            Self::Expired => state == TokenState::Expired,
            Self::Ended => matches!(state, TokenState::Revoked | TokenState::Expired),
            Self::All => true,
        }
    }
}

impl From<TokenState> for Which {
    fn from(state: TokenState) -> Self {
        match state {
            TokenState::Active => Self::Active,
            TokenState::Suspended => Self::Suspended,
            TokenState::Pending => Self::Pending,
            TokenState::Revoked => Self::Revoked,
            TokenState::Expired => Self::Expired,
        }
    }
}

/// Which tokens are picked: those that all of this is true of.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this profile.
    pub profile: Option<ProfileName>,
    /// Bound to this connection.
    pub connection: Option<ConnectionName>,
    /// For this environment.
    pub environment: Option<EnvironmentName>,
    /// In this state.
    pub which: Which,
    /// Not used for this long; one never used counts from when it was made, and where uses may be
    /// missing, from when they are known.
    pub unused_for: Option<Span>,
    /// Ending within this time.
    pub expiring_in: Option<Span>,
    /// Made before this moment.
    pub issued_before: Option<Since>,
    /// Made at this moment or later.
    pub issued_after: Option<Since>,
    /// Revoked or expired for this long.
    pub ended_for: Option<Span>,
}

impl Filter {
    fn picks(&self, token: &Summary, clocks: Clocks) -> bool {
        let Clocks {
            now, known_from, ..
        } = clocks;
        // What is not known is not taken for unused.
        let last = token
            .last_used_at
            .unwrap_or(token.created_at)
            .max(known_from);
        let unused = self.unused_for.is_none_or(|span| last.plus(span) <= now);
        let ends = |within: Span| token.expires_at.is_some_and(|end| end <= now.plus(within));
        let ended = |long: Span| token.ended_at().is_some_and(|end| end.plus(long) <= now);
        self.which.has(token.state)
            && unused
            && self.expiring_in.is_none_or(ends)
            && self
                .issued_before
                .is_none_or(|ago| token.created_at < ago.resolve(now))
            && self
                .issued_after
                .is_none_or(|ago| token.created_at >= ago.resolve(now))
            && self.ended_for.is_none_or(ended)
    }
}

/// A filter whose names have been found.
pub(super) struct Matcher<'a> {
    filter: &'a Filter,
    owner: Option<(RecordId, u32)>,
    connection: Option<RecordId>,
    environment: Option<RecordId>,
    clocks: Clocks,
    cache: ReferentCache,
}

impl<'a> Matcher<'a> {
    /// An error if the filter names what is not there: nothing would be picked, and nobody would know.
    pub(super) fn new(r: &mut Reader<'_>, filter: &'a Filter, now: Time) -> Result<Self> {
        let profile = filter.profile.as_ref();
        let owner = profile
            .map(|name| lookup::named::<Profile>(r, name))
            .transpose()?;
        let connection = filter.connection.as_ref();
        let connection = connection
            .map(|name| lookup::named::<Connection>(r, name))
            .transpose()?;
        let environment = filter.environment.as_ref();
        let environment = environment
            .map(|name| lookup::named::<Environment>(r, name))
            .transpose()?;
        Ok(Self {
            filter,
            owner: owner.map(|(id, profile)| (id, profile.tokens)),
            connection: connection.map(|(id, _)| id),
            environment: environment.map(|(id, _)| id),
            clocks: Clocks::new(r, now),
            cache: ReferentCache::default(),
        })
    }

    /// How the token is shown, if it is picked.
    pub(super) fn summary_if_picked(
        &mut self,
        r: &mut Reader<'_>,
        token: &TokenRecord,
    ) -> Result<Option<Summary>> {
        let of = self.owner.is_none_or(|(owner, _)| token.owner == owner);
        let bound = self.connection.is_none() || token.connection == self.connection;
        let placed = self.environment.is_none_or(|id| token.environment == id);
        if !(of && bound && placed) {
            return Ok(None);
        }
        let summary = summary(r, &mut self.cache, self.clocks, token)?;
        Ok(self.filter.picks(&summary, self.clocks).then_some(summary))
    }

    /// Visits all tokens that are picked. In a write it must come first.
    pub(super) fn each(
        mut self,
        r: &mut Reader<'_>,
        mut visit: impl FnMut(RecordId, Summary) -> Result<()>,
    ) -> Result<()> {
        let owner = self.owner;
        let mut summary_if_picked =
            |r: &mut Reader<'_>, id, token: &TokenRecord| match self.summary_if_picked(r, token)? {
                Some(summary) => visit(id, summary),
                None => Ok(()),
            };
        match owner {
            Some((owner, count)) => {
                let tokens = of_profile(r, owner, count)?;
                tokens
                    .iter()
                    .try_for_each(|(id, token)| summary_if_picked(r, *id, token))
            }
            None => lookup::each::<TokenRecord>(r, |r, id, token| summary_if_picked(r, id, &token)),
        }
    }
}
