//! Looks records up by name.

use crate::barrier::{List, Lookup, Reader, Record, Unique, Writer};
use crate::error::{Error, Existing, Result, Subject};
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::id::RecordId;
use crate::model::name::{Canonical, ConnectionName, EnvironmentName, ProfileName};
use crate::model::profile::Profile;

/// How many entries of a list are announced together.
const AT_ONCE: u64 = 64;

/// A record that is looked up by its name.
pub(in crate::ops) trait NamedRecord: Record {
    /// The type of its name.
    type Name;
    /// The name in its normal form.
    fn canonical(name: &Self::Name) -> Canonical;
    /// The index entry of the name.
    fn entry(name: &Canonical) -> Unique<'_>;
    /// The record's own name; `None` for a tombstone.
    fn name(&self) -> Option<&Self::Name>;
    /// The error for a name that does not exist.
    fn missing(name: &Self::Name) -> Error;
    /// The error for a name that is taken.
    fn taken(name: &Self::Name) -> Error;
}

impl NamedRecord for Profile {
    type Name = ProfileName;

    fn canonical(name: &ProfileName) -> Canonical {
        name.canonical()
    }

    fn entry(name: &Canonical) -> Unique<'_> {
        Unique::Profile(name)
    }

    fn name(&self) -> Option<&ProfileName> {
        self.name.as_ref()
    }

    fn missing(name: &ProfileName) -> Error {
        Error::NotFound(Subject::Profile(name.clone()))
    }

    fn taken(name: &ProfileName) -> Error {
        Error::Exists(Existing::Profile(name.clone()))
    }
}

impl NamedRecord for Connection {
    type Name = ConnectionName;

    fn canonical(name: &ConnectionName) -> Canonical {
        name.canonical()
    }

    fn entry(name: &Canonical) -> Unique<'_> {
        Unique::Connection(name)
    }

    fn name(&self) -> Option<&ConnectionName> {
        self.deleted_at.is_none().then_some(&self.name)
    }

    fn missing(name: &ConnectionName) -> Error {
        Error::NotFound(Subject::Connection(name.clone()))
    }

    fn taken(name: &ConnectionName) -> Error {
        Error::Exists(Existing::Connection(name.clone()))
    }
}

impl NamedRecord for Environment {
    type Name = EnvironmentName;

    fn canonical(name: &EnvironmentName) -> Canonical {
        name.canonical()
    }

    fn entry(name: &Canonical) -> Unique<'_> {
        Unique::Environment(name)
    }

    fn name(&self) -> Option<&EnvironmentName> {
        self.deleted_at.is_none().then_some(&self.name)
    }

    fn missing(name: &EnvironmentName) -> Error {
        Error::NotFound(Subject::Environment(name.clone()))
    }

    fn taken(name: &EnvironmentName) -> Error {
        Error::Exists(Existing::Environment(name.clone()))
    }
}

/// The record of that name, if there is one.
pub(in crate::ops) fn find<R: NamedRecord>(
    r: &mut Reader<'_>,
    name: &R::Name,
) -> Result<Option<(RecordId, R)>> {
    let canonical = R::canonical(name);
    r.announce(&[Lookup::Named(R::entry(&canonical))])?;
    let Some(id) = r.find(R::entry(&canonical))? else {
        return Ok(None);
    };
    let record: R = r.require(id)?;
    // An index entry is a hash of the name. The record it leads to must agree.
    match record.name().map(R::canonical) {
        Some(own) if own == canonical => Ok(Some((id, record))),
        _ => Err(Error::Integrity(
            "a name points to another record".to_owned(),
        )),
    }
}

/// The record of that name.
pub(in crate::ops) fn named<R: NamedRecord>(
    r: &mut Reader<'_>,
    name: &R::Name,
) -> Result<(RecordId, R)> {
    find(r, name)?.ok_or_else(|| R::missing(name))
}

/// Refuses a name that is taken.
pub(in crate::ops) fn ensure_free<R: NamedRecord>(
    r: &mut Reader<'_>,
    name: &R::Name,
) -> Result<()> {
    match r.find(R::entry(&R::canonical(name)))? {
        None => Ok(()),
        Some(_) => Err(R::taken(name)),
    }
}

/// Moves the index entry from one name to another; a change of case only is allowed.
pub(in crate::ops) fn rename<R: NamedRecord>(
    w: &mut Writer<'_>,
    id: RecordId,
    from: &R::Name,
    to: &R::Name,
) -> Result<()> {
    let old = R::canonical(from);
    let new = R::canonical(to);
    if old == new {
        return Ok(());
    }
    ensure_free::<R>(w, to)?;
    w.unindex(R::entry(&old))?;
    w.index(R::entry(&new), id)
}

/// All records of a root list, with their ids.
pub(in crate::ops) fn all<R: Record>(r: &mut Reader<'_>, list: List) -> Result<Vec<(RecordId, R)>> {
    let mut records = Vec::new();
    let count = r.count(list)?;
    let some: Vec<_> = (0..count.min(AT_ONCE))
        .map(|n| Lookup::NamedAt(list, n))
        .collect();
    r.announce(&some)?;
    for n in 0..count {
        let id = r.at(list, n)?;
        records.push((id, r.require(id)?));
    }
    Ok(records)
}

/// Visits every record of a kind, tombstones included, in the order of the store.
///
/// In a write transaction it must come first: it does not see the transaction's own changes.
pub(in crate::ops) fn each<R: Record>(
    r: &mut Reader<'_>,
    mut visit: impl FnMut(&mut Reader<'_>, RecordId, R) -> Result<()>,
) -> Result<()> {
    for part in 0..=u8::MAX {
        let records = r.part(part)?;
        records
            .into_iter()
            .try_for_each(|(id, record)| visit(r, id, record))?;
    }
    Ok(())
}

/// The default environment, for tokens that name none.
pub(in crate::ops) fn default_environment(r: &mut Reader<'_>) -> Result<(RecordId, Environment)> {
    let environments = all::<Environment>(r, List::Environments)?;
    environments
        .into_iter()
        .find(|(_, environment)| environment.default)
        .ok_or_else(|| Error::Integrity("no environment is the default".to_owned()))
}
