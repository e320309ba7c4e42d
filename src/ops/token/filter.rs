//! Filters for tokens.

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

/// Selects tokens by their state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum StateFilter {
    /// Active, suspended and pending ones.
    #[default]
    Live,
    /// Only active ones.
    Active,
    /// Only suspended ones.
    Suspended,
    /// Only pending ones.
    Pending,
    /// Only revoked ones.
    Revoked,
    /// Only expired ones.
    Expired,
    /// Revoked and expired ones.
    Ended,
    /// All, tombstones included.
    All,
}

impl StateFilter {
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

impl From<TokenState> for StateFilter {
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

/// Selects tokens by whether they are session tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionFilter {
    /// Only session tokens.
    Only,
    /// No session tokens.
    None,
}

impl SessionFilter {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Only, Self::None];

    /// The word of the option.
    pub fn word(self) -> &'static str {
        match self {
            Self::Only => "only",
            Self::None => "none",
        }
    }

    fn picks(self, token: &Summary) -> bool {
        token.session == (self == Self::Only)
    }
}

/// Selects the tokens for which every condition holds.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this profile.
    pub profile: Option<ProfileName>,
    /// Bound to this connection.
    pub connection: Option<ConnectionName>,
    /// For this environment.
    pub environment: Option<EnvironmentName>,
    /// In this state.
    pub which: StateFilter,
    /// Whether it is a session token.
    pub sessions: Option<SessionFilter>,
    /// Not used for this long. A token never used counts from its creation, or from when uses are
    /// known if earlier ones may be missing.
    pub unused_for: Option<Span>,
    /// Expiring within this time.
    pub expiring_in: Option<Span>,
    /// Issued before this time.
    pub issued_before: Option<Since>,
    /// Issued at this time or later.
    pub issued_after: Option<Since>,
    /// Revoked or expired for this long.
    pub ended_for: Option<Span>,
}

impl Filter {
    fn picks(&self, token: &Summary, clocks: Clocks) -> bool {
        let Clocks {
            now, known_from, ..
        } = clocks;
        // An unknown use does not count as unused.
        let last = token
            .last_used_at
            .unwrap_or(token.created_at)
            .max(known_from);
        let unused = self.unused_for.is_none_or(|span| last.plus(span) <= now);
        let ends = |within: Span| token.expires_at.is_some_and(|end| end <= now.plus(within));
        let ended = |long: Span| token.ended_at().is_some_and(|end| end.plus(long) <= now);
        self.which.has(token.state)
            && self.sessions.is_none_or(|it| it.picks(token))
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

/// A filter with resolved names.
pub(super) struct Matcher<'a> {
    filter: &'a Filter,
    owner: Option<(RecordId, u32)>,
    connection: Option<RecordId>,
    environment: Option<RecordId>,
    clocks: Clocks,
    cache: ReferentCache,
}

impl<'a> Matcher<'a> {
    /// Resolves the names of a filter. A name that does not exist is an error: otherwise the filter
    /// would silently select nothing.
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

    /// The token's summary, if the filter selects it.
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

    /// Visits all selected tokens. In a write transaction it must come first.
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
