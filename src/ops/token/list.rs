//! Which tokens there are.

use super::{Summary, of_profile, summary};
use crate::barrier::Reader;
use crate::error::Result;
use crate::model::connection::Connection;
use crate::model::name::{ConnectionName, ProfileName};
use crate::model::profile::Profile;
use crate::model::time::{Span, Time};
use crate::model::token::{TokenRecord, TokenState};
use crate::ops::Core;
use crate::ops::lookup::{self, Moment, Opened};

/// A list up to this long comes ordered by profile and name; a longer one comes as it is read, so
/// that its first line does not wait for its last.
const ORDERED: usize = 1000;

/// Which tokens by their state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Which {
    /// Active, suspended and pending ones.
    #[default]
    Live,
    /// Expired ones alone.
    Expired,
    /// Tombstones too.
    All,
}

/// Which tokens are listed: those that all of this is true of.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this profile.
    pub profile: Option<ProfileName>,
    /// Bound to this connection.
    pub connection: Option<ConnectionName>,
    /// In this state.
    pub which: Which,
    /// Not used for this long; one never used counts from when it was made.
    pub unused_for: Option<Span>,
    /// Ending within this time.
    pub expiring_in: Option<Span>,
    /// Made before this moment.
    pub issued_before: Option<Time>,
    /// Made at this moment or later.
    pub issued_after: Option<Time>,
}

impl Filter {
    fn picks(&self, token: &Summary, now: Time) -> bool {
        let in_state = match self.which {
            Which::Live => token.state.is_live(),
            Which::Expired => token.state == TokenState::Expired,
            Which::All => true,
        };
        let last = token.last_used_at.unwrap_or(token.created_at);
        let unused = self.unused_for.is_none_or(|span| last.plus(span) <= now);
        let ends = |within: Span| token.expires_at.is_some_and(|end| end <= now.plus(within));
        in_state
            && unused
            && self.expiring_in.is_none_or(ends)
            && self.issued_before.is_none_or(|before| token.created_at < before)
            && self.issued_after.is_none_or(|after| token.created_at >= after)
    }
}

/// Shows the tokens that the filter picks, one at a time.
pub fn list(
    core: &mut Core,
    filter: &Filter,
    show: &mut dyn FnMut(Summary) -> Result<()>,
) -> Result<()> {
    let now = core.now();
    core.read(|r| {
        let mut page = Page { held: Vec::new(), flowing: false, show };
        let bound = match &filter.connection {
            Some(name) => Some(lookup::named::<Connection>(r, name)?.0),
            None => None,
        };
        let (moment, mut opened) = (Moment::new(r, now), Opened::default());
        let mut visit = |r: &mut Reader<'_>, token: &TokenRecord| {
            if bound.is_some() && token.connection != bound {
                return Ok(());
            }
            let token = summary(r, &mut opened, moment, token)?;
            if filter.picks(&token, now) { page.take(token) } else { Ok(()) }
        };
        match &filter.profile {
            Some(name) => {
                let (id, profile) = lookup::named::<Profile>(r, name)?;
                let tokens = of_profile(r, id, profile.tokens)?;
                tokens.iter().try_for_each(|(_, token)| visit(r, token))?;
            }
            None => lookup::each::<TokenRecord>(r, |r, _, token| visit(r, &token))?,
        }
        page.end()
    })
}

/// Orders a list that is short and lets a long one flow.
struct Page<'a> {
    held: Vec<Summary>,
    flowing: bool,
    show: &'a mut dyn FnMut(Summary) -> Result<()>,
}

impl Page<'_> {
    fn take(&mut self, token: Summary) -> Result<()> {
        if self.flowing {
            return (self.show)(token);
        }
        self.held.push(token);
        if self.held.len() <= ORDERED {
            return Ok(());
        }
        self.flowing = true;
        self.held.drain(..).try_for_each(&mut self.show)
    }

    fn end(mut self) -> Result<()> {
        self.held.sort_by_cached_key(|token| {
            (token.profile.as_ref().map(ProfileName::canonical), token.name.canonical(), token.id)
        });
        self.held.drain(..).try_for_each(&mut self.show)
    }
}
