//! Selects the tokens for a change; all are resolved before the first is changed.

use std::collections::{BTreeSet, HashSet};

use super::filter::{self, Filter, Matcher};
use super::list::OrderedPage;
use crate::barrier::{Reader, Writer};
use crate::core::Core;
use crate::error::Result;
use crate::model::id::{RecordId, TokenId};
use crate::model::time::Time;
use crate::ops::impact::Impact;
use crate::ops::records::cache::ReferentCache;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::token::{
    Summary, Target, announce, each_session, expect_uses, find_all, summary,
};

/// The named tokens, or all; of these, those that a filter selects.
#[derive(Default)]
pub struct Selection<'a> {
    /// The named tokens; `None` for all of the store.
    pub named: Option<&'a [Target]>,
    /// Further conditions.
    pub filter: Option<&'a Filter>,
    /// The tokens that the operator has agreed to: no other is changed, whatever was added since.
    pub agreed: Option<&'a BTreeSet<TokenId>>,
    /// Receives the number of tokens done and their total.
    pub progress: Option<&'a mut dyn FnMut(u64, u64)>,
}

impl<'a> From<&'a [Target]> for Selection<'a> {
    fn from(targets: &'a [Target]) -> Self {
        Self {
            named: Some(targets),
            ..Self::default()
        }
    }
}

impl<'a, const N: usize> From<&'a [Target; N]> for Selection<'a> {
    fn from(targets: &'a [Target; N]) -> Self {
        Self::from(targets.as_slice())
    }
}

impl<'a> From<&'a Filter> for Selection<'a> {
    fn from(filter: &'a Filter) -> Self {
        Self {
            filter: Some(filter),
            ..Self::default()
        }
    }
}

/// The preview of a change.
#[derive(Debug, Clone, Default)]
pub struct Previewed {
    /// The tokens it would apply to.
    pub ids: BTreeSet<TokenId>,
    /// The impact of revoking or suspending them.
    pub impact: Impact,
}

/// Passes the currently selected tokens to `show`, one at a time, and returns the impact of ending
/// them.
///
/// # Errors
///
/// There is no token of that name or id, the filter refers to something that does not exist, or
/// `show` returns an error.
pub fn preview<'a>(
    core: &mut Core,
    which: impl Into<Selection<'a>>,
    show: &mut dyn FnMut(Summary) -> Result<()>,
) -> Result<Previewed> {
    let which = which.into();
    let now = core.now();
    core.read(|r| {
        let mut previewed = Previewed::default();
        let mut page = OrderedPage::new(show);
        let mut records = HashSet::new();
        which.each(r, now, |id, token| {
            records.insert(id);
            previewed.ids.insert(token.id);
            previewed.impact.count(&token);
            page.take(token)
        })?;
        page.end()?;
        count_sessions(r, now, &records, &mut previewed)?;
        Ok(previewed)
    })
}

/// Counts the session tokens that end or are suspended with the selected tokens.
fn count_sessions(
    r: &mut Reader<'_>,
    now: Time,
    records: &HashSet<RecordId>,
    previewed: &mut Previewed,
) -> Result<()> {
    let clocks = Clocks::new(r, now);
    let mut cache = ReferentCache::default();
    each_session(r, clocks, |r, id, token| {
        let follows = token.parent_token().is_some_and(|it| records.contains(&it));
        if follows && !records.contains(&id) {
            previewed
                .impact
                .count(&summary(r, &mut cache, clocks, (id, &token))?);
        }
        Ok(())
    })
}

impl Selection<'_> {
    /// Visits the selected tokens. In a write transaction it must come first.
    fn each(
        &self,
        r: &mut Reader<'_>,
        now: Time,
        mut visit: impl FnMut(RecordId, Summary) -> Result<()>,
    ) -> Result<()> {
        let everything = Filter {
            which: filter::StateFilter::All,
            ..Filter::default()
        };
        let mut matcher = Matcher::new(r, self.filter.unwrap_or(&everything), now)?;
        let Some(named) = self.named else {
            return matcher.each(r, visit);
        };
        let found = find_all(r, named, now)?;
        expect_uses(r, &found)?;
        for (id, token) in found {
            if let Some(summary) = matcher.summary_if_picked(r, (id, &token))? {
                visit(id, summary)?;
            }
        }
        Ok(())
    }

    /// Changes each selected token, all in one transaction.
    pub(super) fn change<T>(
        mut self,
        core: &mut Core,
        mut change: impl FnMut(&mut Writer<'_>, &[RecordId], &mut dyn FnMut()) -> Result<T>,
    ) -> Result<T> {
        let count = self.agreed.map_or(0, BTreeSet::len);
        announce(self.named.unwrap_or_default(), |lookup| {
            core.prefetch(&[lookup]);
        });
        core.in_bulk(count, |core| {
            core.write(|w| {
                let mut chosen = Vec::new();
                let now = w.now();
                self.each(w, now, |id, token| {
                    if self.agreed.is_none_or(|agreed| agreed.contains(&token.id)) {
                        chosen.push(id);
                    }
                    Ok(())
                })?;
                let mut done = 0;
                let total = chosen.len() as u64;
                let mut step = || {
                    done += 1;
                    if let Some(progress) = &mut self.progress {
                        progress(done, total);
                    }
                };
                change(w, &chosen, &mut step)
            })
        })
    }
}
