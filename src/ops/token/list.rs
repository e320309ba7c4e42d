//! Lists tokens.

use super::filter::{Filter, Matcher};
use crate::barrier::{Reader, Unique};
use crate::core::Core;
use crate::error::Result;
use crate::model::name::ProfileName;
use crate::model::time::Time;
use crate::model::token::TokenRecord;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::token::{Summary, by_id, each_live, summary};

/// A list up to this length is sorted by profile and name; a longer one is in the order of the
/// store, so that its first line does not wait for its last.
const ORDERED: usize = 1000;

/// Passes the tokens that the filter selects to `show`, one at a time.
///
/// # Errors
///
/// The filter refers to something that does not exist, or `show` returns an error.
pub fn list(
    core: &mut Core,
    filter: &Filter,
    show: &mut dyn FnMut(Summary) -> Result<()>,
) -> Result<()> {
    let now = core.now();
    core.read(|r| {
        let mut page = OrderedPage::new(show);
        Matcher::new(r, filter, now)?.each(r, |_, token| page.take(token))?;
        page.end()
    })
}

/// The live tokens that have their names, except session tokens and those that are being delivered.
pub(in crate::ops) fn holders(r: &mut Reader<'_>, now: Time) -> Result<Vec<Summary>> {
    let clocks = Clocks::new(r, now);
    let mut holders = Vec::new();
    let settled = |token: &TokenRecord| token.pending.is_none() && token.session.is_none();
    each_live(r, clocks, settled, |r, cache, (id, token)| {
        let name = token.name.canonical();
        let holder = r.find(Unique::TokenName(token.owner, &name))?;
        let found = by_id(r, token.public)?;
        if found.is_some_and(|(id, _)| holder == Some(id)) {
            holders.push(summary(r, cache, clocks, (id, token))?);
        }
        Ok(())
    })?;
    Ok(holders)
}

/// Sorts a short list, and passes a long one through.
pub(super) struct OrderedPage<'a> {
    held: Vec<Summary>,
    flowing: bool,
    show: &'a mut dyn FnMut(Summary) -> Result<()>,
}

impl<'a> OrderedPage<'a> {
    pub(super) fn new(show: &'a mut dyn FnMut(Summary) -> Result<()>) -> Self {
        Self {
            held: Vec::new(),
            flowing: false,
            show,
        }
    }

    pub(super) fn take(&mut self, token: Summary) -> Result<()> {
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

    pub(super) fn end(mut self) -> Result<()> {
        self.held.sort_by_cached_key(|token| {
            (
                token.profile.as_ref().map(ProfileName::canonical),
                token.name.canonical(),
                token.id,
            )
        });
        self.held.drain(..).try_for_each(&mut self.show)
    }
}
