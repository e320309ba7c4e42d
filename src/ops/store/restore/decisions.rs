//! What operators have decided since a history began.

use std::collections::HashSet;

use crate::barrier::Reader;
use crate::error::Result;
use crate::model::audit::Action;

/// What was decided in a history about suspensions, blocks and passwords. It counts more than what
/// a machine remembers of an earlier history.
#[derive(Debug, Default)]
pub(super) struct Decisions(HashSet<(Matter, String)>);

/// What a decision is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Matter {
    Suspension,
    Block,
    Password,
}

impl Matter {
    fn of(action: Action) -> Option<Self> {
        match action {
            Action::TokenSuspend
            | Action::TokenResume
            | Action::ProfileSuspend
            | Action::ProfileResume => Some(Self::Suspension),
            Action::ConnectionBlock | Action::ConnectionUnblock => Some(Self::Block),
            Action::PasswordSet => Some(Self::Password),
            _ => None,
        }
    }
}

impl Decisions {
    /// What the log records after an entry.
    pub(super) fn after(r: &mut Reader<'_>, entry: u64) -> Result<Self> {
        let mut decisions = HashSet::new();
        r.log_from(entry + 1, &mut |_, entry| {
            let matter = entry.known_action().and_then(Matter::of);
            decisions.extend(matter.map(|matter| (matter, entry.object.id)));
            Ok(())
        })?;
        Ok(Self(decisions))
    }

    /// Whether a matter was decided of what the log calls `id`.
    pub(super) fn has(&self, matter: Matter, id: &impl ToString) -> bool {
        // Almost always: nothing is formatted for it.
        !self.0.is_empty() && self.0.contains(&(matter, id.to_string()))
    }
}
