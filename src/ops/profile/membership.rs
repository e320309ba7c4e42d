//! Normal forms of a profile's groups and connections: each once.

use crate::barrier::Reader;
use crate::error::Result;
use crate::model::connection::Connection;
use crate::model::id::RecordId;
use crate::model::name::{ConnectionName, GroupName};
use crate::ops::records::lookup;

/// Groups in their stored form: ascending, each once.
pub(super) fn sorted(mut groups: Vec<GroupName>) -> Vec<GroupName> {
    groups.sort_by_cached_key(GroupName::canonical);
    groups.dedup_by(|a, b| a.same_as(b));
    groups
}

/// The ids of existing connections, each once.
pub(super) fn connection_ids(
    r: &mut Reader<'_>,
    names: &[ConnectionName],
) -> Result<Vec<RecordId>> {
    let mut ids = Vec::new();
    for name in names {
        let (id, _) = lookup::named::<Connection>(r, name)?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}
