//! A cache, for one transaction, of the records that tokens and profiles refer to.

use std::collections::HashMap;
use std::rc::Rc;

use crate::barrier::{Reader, Record};
use crate::error::Result;
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::id::RecordId;
use crate::model::name::ConnectionName;
use crate::model::profile::Profile;

/// Records by id, each read once in a transaction.
pub(in crate::ops) struct RecordCache<R>(HashMap<RecordId, Rc<R>>);

impl<R> Default for RecordCache<R> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<R: Record> RecordCache<R> {
    pub(in crate::ops) fn open(&mut self, r: &mut Reader<'_>, id: RecordId) -> Result<Rc<R>> {
        if let Some(record) = self.0.get(&id) {
            return Ok(Rc::clone(record));
        }
        let record = Rc::new(r.require::<R>(id)?);
        self.0.insert(id, Rc::clone(&record));
        Ok(record)
    }
}

/// The records that tokens and profiles refer to, each read once in a transaction.
#[derive(Default)]
pub(in crate::ops) struct ReferentCache {
    pub(in crate::ops) profiles: RecordCache<Profile>,
    pub(in crate::ops) connections: RecordCache<Connection>,
    pub(in crate::ops) environments: RecordCache<Environment>,
}

impl ReferentCache {
    /// The names of connections, in alphabetical order.
    pub(in crate::ops) fn connection_names(
        &mut self,
        r: &mut Reader<'_>,
        ids: &[RecordId],
    ) -> Result<Vec<ConnectionName>> {
        let mut names = Vec::new();
        for id in ids {
            names.push(self.connections.open(r, *id)?.name.clone());
        }
        names.sort_by_key(ConnectionName::canonical);
        Ok(names)
    }
}
