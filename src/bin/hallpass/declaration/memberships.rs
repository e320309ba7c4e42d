//! Who is in which group, by what groups and profiles say.

use std::collections::HashSet;

use hallpass::model::name::{GroupName, ProfileName};
use hallpass::ops::apply::Membership;
use hallpass::ops::edit::ListChange;

/// Who is in which group, by the table of groups.
pub(super) struct Memberships {
    pub(super) groups: Vec<(GroupName, HashSet<String>)>,
}

impl Memberships {
    /// The groups of a profile: those it names itself, and those that name it.
    pub(super) fn of(
        &self,
        name: &ProfileName,
        own: Option<Vec<GroupName>>,
    ) -> Result<Membership, String> {
        let (here, gone): (Vec<_>, Vec<_>) = self
            .groups
            .iter()
            .partition(|(_, members)| members.contains(&key(name)));
        let names = |list: Vec<&(GroupName, HashSet<String>)>| -> Vec<GroupName> {
            list.into_iter().map(|(group, _)| group.clone()).collect()
        };
        let (here, gone) = (names(here), names(gone));
        let Some(own) = own else {
            return Ok(Membership::Change(ListChange {
                add: here,
                remove: gone,
            }));
        };
        match own
            .iter()
            .find(|it| gone.iter().any(|group| group.same_as(it)))
        {
            Some(torn) => Err(format!(
                "it names group `{torn}`, whose list of members does not include it"
            )),
            None => Ok(Membership::Exactly(own.into_iter().chain(here).collect())),
        }
    }
}

/// Names are compared without regard to case.
pub(super) fn key(name: &ProfileName) -> String {
    name.as_str().to_ascii_lowercase()
}
