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
use crate::ops::records::token::{Summary, expect_uses, of_profile, summary};

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
        (id, token): (RecordId, &TokenRecord),
    ) -> Result<Option<Summary>> {
        let of = self.owner.is_none_or(|(owner, _)| token.owner == owner);
        let bound = self.connection.is_none() || token.connection == self.connection;
        let placed = self.environment.is_none_or(|id| token.environment == id);
        if !(of && bound && placed) {
            return Ok(None);
        }
        let summary = summary(r, &mut self.cache, self.clocks, (id, token))?;
        Ok(self.filter.picks(&summary, self.clocks).then_some(summary))
    }

    /// Visits all selected tokens. In a write transaction it must come first.
    pub(super) fn each(
        mut self,
        r: &mut Reader<'_>,
        mut visit: impl FnMut(RecordId, Summary) -> Result<()>,
    ) -> Result<()> {
        let owner = self.owner;
        let mut summary_if_picked = |r: &mut Reader<'_>, id, token: &TokenRecord| match self
            .summary_if_picked(r, (id, token))?
        {
            Some(summary) => visit(id, summary),
            None => Ok(()),
        };
        match owner {
            Some((owner, count)) => {
                let tokens = of_profile(r, owner, count)?;
                expect_uses(r, &tokens)?;
                tokens
                    .iter()
                    .try_for_each(|(id, token)| summary_if_picked(r, *id, token))
            }
            None => lookup::each::<TokenRecord>(r, |r, id, token| summary_if_picked(r, id, &token)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::token::Use;
    use crate::model::verdict::Reason;

    const NOW: i64 = 1_000_000;

    fn at(seconds: i64) -> Time {
        Time::from_seconds(seconds)
    }

    #[test]
    fn each_state_is_selected_by_what_names_it() {
        let states = [
            TokenState::Active,
            TokenState::Suspended,
            TokenState::Pending,
            TokenState::Revoked,
            TokenState::Expired,
        ];
        for state in states {
            let selected: Vec<_> = states
                .into_iter()
                .filter(|it| StateFilter::from(state).has(*it))
                .collect();
            assert_eq!(selected, [state]);
        }
        let of = |filter: StateFilter| states.map(|state| filter.has(state));
        assert_eq!(of(StateFilter::Live), [true, true, true, false, false]);
        assert_eq!(of(StateFilter::Ended), [false, false, false, true, true]);
        assert_eq!(of(StateFilter::All), [true; 5]);
    }

    /// A token of half an hour ago that expires in half an hour.
    fn token() -> Summary {
        Summary {
            id: crate::model::id::TokenId::new(7),
            name: "ci".parse().unwrap(),
            profile: None,
            connection: None,
            environment: "production".parse().unwrap(),
            device: None,
            state: TokenState::Active,
            effective: Reason::Valid,
            reason: None,
            allow_ip: Vec::new(),
            created_at: at(NOW - 1_800),
            expires_at: Some(at(NOW + 1_800)),
            last_used_at: None,
            predecessor: None,
            successor: None,
            revoked_at: None,
            suspended_until: None,
            predecessor_last_used_at: None,
            predecessor_expires_at: None,
            successor_last_used_at: None,
            used: Use::Never,
            predecessor_used: None,
            successor_used: None,
            imported: false,
            session: false,
            parent: None,
        }
    }

    fn picks(filter: &Filter, token: &Summary, known_from: i64) -> bool {
        let clocks = Clocks {
            now: at(NOW),
            latest: at(NOW),
            known_from: at(known_from),
        };
        filter.picks(token, clocks)
    }

    fn minutes(minutes: i64) -> Option<Span> {
        Span::from_seconds(minutes * 60)
    }

    #[test]
    fn a_token_that_was_never_used_counts_from_when_that_is_known() {
        let unused = |span, used: Option<i64>, known_from| {
            let filter = Filter {
                unused_for: span,
                ..Filter::default()
            };
            let token = Summary {
                last_used_at: used.map(at),
                ..token()
            };
            picks(&filter, &token, known_from)
        };
        assert!(unused(minutes(30), None, 0));
        assert!(!unused(minutes(31), None, 0));
        assert!(!unused(minutes(30), Some(NOW - 1_799), 0));
        assert!(unused(minutes(30), Some(NOW - 1_800), 0));
        assert!(!unused(minutes(30), None, NOW - 1_799));
    }

    #[test]
    fn a_token_is_selected_by_its_beginning_and_its_end() {
        let is = |filter: Filter| picks(&filter, &token(), 0);
        let expiring = |span| Filter {
            expiring_in: span,
            ..Filter::default()
        };
        assert!(is(expiring(minutes(30))) && !is(expiring(minutes(29))));
        let before = |seconds| Filter {
            issued_before: Some(Since::At(at(NOW - seconds))),
            ..Filter::default()
        };
        assert!(is(before(1_799)) && !is(before(1_800)));
        let after = |seconds| Filter {
            issued_after: Some(Since::At(at(NOW - seconds))),
            ..Filter::default()
        };
        assert!(is(after(1_800)) && !is(after(1_799)));
        let revoked = Summary {
            state: TokenState::Revoked,
            revoked_at: Some(at(NOW - 600)),
            ..token()
        };
        let ended = |span| Filter {
            which: StateFilter::All,
            ended_for: span,
            ..Filter::default()
        };
        assert!(picks(&ended(minutes(10)), &revoked, 0));
        assert!(!picks(&ended(minutes(11)), &revoked, 0));
        assert!(!is(ended(minutes(1))), "it has not ended");
    }
}
