//! Which connection or environment a name means.

use std::collections::HashMap;

use crate::model::id::RecordId;
use crate::model::name::Canonical;
use crate::ops::records::lookup::NamedRecord;

/// The records of one kind by their names. A deleted one has none.
#[derive(Clone, Default)]
pub(super) struct Names(HashMap<Canonical, RecordId>);

impl Names {
    pub(super) fn find(&self, name: &Canonical) -> Option<RecordId> {
        self.0.get(name).copied()
    }

    pub(super) fn add<R: NamedRecord>(&mut self, id: RecordId, record: &R) {
        if let Some(name) = record.name() {
            self.0.insert(R::canonical(name), id);
        }
    }

    pub(super) fn remove<R: NamedRecord>(&mut self, id: RecordId, record: &R) {
        let Some(name) = record.name().map(R::canonical) else {
            return;
        };
        // Another record may have the name by now.
        if self.0.get(&name) == Some(&id) {
            self.0.remove(&name);
        }
    }
}
