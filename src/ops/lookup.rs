//! From names to records, and from records to what they point to.

use std::collections::HashMap;
use std::rc::Rc;

use crate::barrier::{List, Reader, Record, Unique, Writer};
use crate::error::{Error, Result};
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::id::RecordId;
use crate::model::name::{Canonical, ConnectionName, EnvironmentName, ProfileName};
use crate::model::profile::Profile;
use crate::model::time::Time;

/// A record that is found by its name.
pub(super) trait Named: Record {
    /// Its kind of name.
    type Name;
    /// The name without regard to case.
    fn canonical(name: &Self::Name) -> Canonical;
    /// Where the index keeps it.
    fn entry(name: &Canonical) -> Unique<'_>;
    /// The record's own name; `None` for a tombstone.
    fn called(&self) -> Option<&Self::Name>;
    /// There is none of that name.
    fn missing(name: &Self::Name) -> Error;
    /// There is one of that name.
    fn taken(name: &Self::Name) -> Error;
}

impl Named for Profile {
    type Name = ProfileName;

    fn canonical(name: &ProfileName) -> Canonical {
        name.canonical()
    }

    fn entry(name: &Canonical) -> Unique<'_> {
        Unique::Profile(name)
    }

    fn called(&self) -> Option<&ProfileName> {
        self.name.as_ref()
    }

    fn missing(name: &ProfileName) -> Error {
        Error::ProfileNotFound(name.clone())
    }

    fn taken(name: &ProfileName) -> Error {
        Error::ProfileExists(name.clone())
    }
}

impl Named for Connection {
    type Name = ConnectionName;

    fn canonical(name: &ConnectionName) -> Canonical {
        name.canonical()
    }

    fn entry(name: &Canonical) -> Unique<'_> {
        Unique::Connection(name)
    }

    fn called(&self) -> Option<&ConnectionName> {
        self.deleted_at.is_none().then_some(&self.name)
    }

    fn missing(name: &ConnectionName) -> Error {
        Error::ConnectionNotFound(name.clone())
    }

    fn taken(name: &ConnectionName) -> Error {
        Error::ConnectionExists(name.clone())
    }
}

impl Named for Environment {
    type Name = EnvironmentName;

    fn canonical(name: &EnvironmentName) -> Canonical {
        name.canonical()
    }

    fn entry(name: &Canonical) -> Unique<'_> {
        Unique::Environment(name)
    }

    fn called(&self) -> Option<&EnvironmentName> {
        self.deleted_at.is_none().then_some(&self.name)
    }

    fn missing(name: &EnvironmentName) -> Error {
        Error::EnvironmentNotFound(name.clone())
    }

    fn taken(name: &EnvironmentName) -> Error {
        Error::EnvironmentExists(name.clone())
    }
}

/// The record of that name, if there is one.
pub(super) fn find<R: Named>(r: &mut Reader<'_>, name: &R::Name) -> Result<Option<(RecordId, R)>> {
    let canonical = R::canonical(name);
    let Some(id) = r.find(R::entry(&canonical))? else { return Ok(None) };
    let record: R = r.require(id)?;
    // An index entry is a hash of the name. What it leads to must agree.
    match record.called().map(R::canonical) {
        Some(own) if own == canonical => Ok(Some((id, record))),
        _ => Err(Error::Integrity("a name leads to another record".to_owned())),
    }
}

/// The record of that name.
pub(super) fn named<R: Named>(r: &mut Reader<'_>, name: &R::Name) -> Result<(RecordId, R)> {
    find(r, name)?.ok_or_else(|| R::missing(name))
}

/// Makes sure that a name is free.
pub(super) fn ensure_free<R: Named>(r: &mut Reader<'_>, name: &R::Name) -> Result<()> {
    match r.find(R::entry(&R::canonical(name)))? {
        None => Ok(()),
        Some(_) => Err(R::taken(name)),
    }
}

/// Moves the index from one name to another; another spelling of the same name is fine.
pub(super) fn rename<R: Named>(
    w: &mut Writer<'_>,
    id: RecordId,
    from: &R::Name,
    to: &R::Name,
) -> Result<()> {
    let (old, new) = (R::canonical(from), R::canonical(to));
    if old == new {
        return Ok(());
    }
    ensure_free::<R>(w, to)?;
    w.unindex(R::entry(&old))?;
    w.index(R::entry(&new), id)
}

/// Every record of a root list, with its id.
pub(super) fn all<R: Record>(r: &mut Reader<'_>, list: List) -> Result<Vec<(RecordId, R)>> {
    let mut records = Vec::new();
    for n in 0..r.count(list)? {
        let id = r.at(list, n)?;
        records.push((id, r.require(id)?));
    }
    Ok(records)
}

/// Visits every record of a kind, tombstones included, in the order of the store.
///
/// In a write it must come first: it does not see what the transaction has changed.
pub(super) fn each<R: Record>(
    r: &mut Reader<'_>,
    mut visit: impl FnMut(&mut Reader<'_>, RecordId, R) -> Result<()>,
) -> Result<()> {
    for part in 0..=u8::MAX {
        let records = r.part(part)?;
        records.into_iter().try_for_each(|(id, record)| visit(r, id, record))?;
    }
    Ok(())
}

/// The environment that tokens are for when none is named.
pub(super) fn default_environment(r: &mut Reader<'_>) -> Result<(RecordId, Environment)> {
    let environments = all::<Environment>(r, List::Environments)?;
    environments
        .into_iter()
        .find(|(_, environment)| environment.default)
        .ok_or_else(|| Error::Integrity("no environment is the default".to_owned()))
}

/// The two clocks of a judgement.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    /// The wall clock.
    pub(super) now: Time,
    /// The latest the store has seen: what has expired once stays so when the clock goes back.
    pub(super) latest: Time,
    /// What was used before this may not be known.
    pub(super) known_from: Time,
}

impl Moment {
    pub(super) fn new(r: &Reader<'_>, now: Time) -> Self {
        Self { now, latest: now.max(r.wall_max()), known_from: r.known_from() }
    }
}

/// Records opened once in a transaction, by id.
pub(super) struct Shelf<R>(HashMap<RecordId, Rc<R>>);

impl<R> Default for Shelf<R> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<R: Record> Shelf<R> {
    pub(super) fn open(&mut self, r: &mut Reader<'_>, id: RecordId) -> Result<Rc<R>> {
        if let Some(record) = self.0.get(&id) {
            return Ok(Rc::clone(record));
        }
        let record = Rc::new(r.require::<R>(id)?);
        self.0.insert(id, Rc::clone(&record));
        Ok(record)
    }
}

/// What tokens and profiles point to, opened once in a transaction.
#[derive(Default)]
pub(super) struct Opened {
    pub(super) profiles: Shelf<Profile>,
    pub(super) connections: Shelf<Connection>,
    pub(super) environments: Shelf<Environment>,
}

impl Opened {
    /// The names of connections, in the order of the alphabet.
    pub(super) fn connection_names(
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
