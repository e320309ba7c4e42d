//! What a transaction knows of one table: rows it has read, and changes it has not sent yet.

use std::collections::BTreeMap;

use super::fault::corrupt;
use super::kinds::{CHUNK, Existing, Kind, Missing, Rows, delete, insert};
use super::statement::Statement;
use crate::backend::Fault;

/// A change that was not sent yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change<V> {
    /// The row is new; the database refuses it if there is one.
    Add(V),
    /// The row is new, or replaces another.
    Put(V),
    /// The row goes; the database refuses that if there is none.
    Remove,
    /// The row goes, if there is one.
    Clear,
}

/// The rows between two keys, as they were read.
struct Window<K, V> {
    first: K,
    last: K,
    rows: BTreeMap<K, V>,
}

/// Rows and changes of the table `T`.
pub(super) struct Table<T: Kind> {
    windows: Vec<Window<T::Key, T::Value>>,
    changes: BTreeMap<T::Key, Change<T::Value>>,
}

impl<T: Kind> Default for Table<T> {
    fn default() -> Self {
        Self {
            windows: Vec::new(),
            changes: BTreeMap::new(),
        }
    }
}

impl<T: Kind> Table<T> {
    /// Keeps all rows between two keys.
    pub(super) fn keep(
        &mut self,
        first: T::Key,
        last: T::Key,
        rows: impl IntoIterator<Item = (T::Key, T::Value)>,
    ) {
        let rows = rows.into_iter().collect();
        self.windows.push(Window { first, last, rows });
    }

    /// Forgets what was read.
    pub(super) fn forget(&mut self) {
        self.windows.clear();
    }

    /// Whether nothing of what was read is here.
    pub(super) fn is_unread(&self) -> bool {
        self.windows.is_empty()
    }

    /// Whether nothing was changed.
    pub(super) fn is_unchanged(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether all rows between two keys are here.
    pub(super) fn covers(&self, first: T::Key, last: T::Key) -> bool {
        self.window(first).is_some_and(|window| window.last >= last)
    }

    /// The last key up to which everything from `first` on is here, and the rows, with the changes.
    pub(super) fn from(&self, first: T::Key, last: T::Key) -> Option<(T::Key, Rows<T>)> {
        let window = self.window(first)?;
        let end = window.last.min(last);
        Some((end, self.merged(&window.rows, first, end)))
    }

    /// The window that has `key` and reaches furthest.
    fn window(&self, key: T::Key) -> Option<&Window<T::Key, T::Value>> {
        let around = |window: &&Window<_, _>| window.first <= key && key <= window.last;
        self.windows
            .iter()
            .filter(around)
            .max_by_key(|window| window.last)
    }

    fn merged(&self, rows: &BTreeMap<T::Key, T::Value>, first: T::Key, last: T::Key) -> Rows<T> {
        let kept = rows.range(first..=last);
        let mut all: BTreeMap<T::Key, T::Value> =
            kept.map(|(key, row)| (*key, row.clone())).collect();
        for (key, change) in self.changes.range(first..=last) {
            match change {
                Change::Add(value) | Change::Put(value) => drop(all.insert(*key, value.clone())),
                Change::Remove | Change::Clear => drop(all.remove(key)),
            }
        }
        all.into_iter().collect()
    }

    /// Whether there is such a row, as far as that is known.
    fn has(&self, key: T::Key) -> Option<bool> {
        match self.changes.get(&key) {
            Some(Change::Add(_) | Change::Put(_)) => Some(true),
            Some(Change::Remove | Change::Clear) => Some(false),
            None => Some(self.window(key)?.rows.contains_key(&key)),
        }
    }

    /// Sets a row.
    pub(super) fn put(&mut self, key: T::Key, value: T::Value) {
        let change = match self.changes.remove(&key) {
            Some(Change::Add(_)) => Change::Add(value),
            _ => Change::Put(value),
        };
        self.changes.insert(key, change);
    }

    /// Adds a row that must be new. If nobody knows whether it is, the database says so later.
    pub(super) fn add(&mut self, key: T::Key, value: T::Value) -> Result<(), Fault> {
        if self.has(key) == Some(true) {
            return Err(corrupt("a row exists already"));
        }
        let change = match self.changes.remove(&key) {
            Some(_) => Change::Put(value),
            None => Change::Add(value),
        };
        self.changes.insert(key, change);
        Ok(())
    }

    /// Removes a row that must exist. If nobody knows whether it does, the database says so later.
    pub(super) fn remove(&mut self, key: T::Key) -> Result<(), Fault> {
        if self.has(key) == Some(false) {
            return Err(corrupt("a row is missing"));
        }
        match self.changes.remove(&key) {
            Some(Change::Add(_)) => (),
            Some(_) => drop(self.changes.insert(key, Change::Clear)),
            None => drop(self.changes.insert(key, Change::Remove)),
        }
        Ok(())
    }

    /// The statements that make the changes, which are forgotten, as is what was read.
    pub(super) fn statements(&mut self, schema: &str) -> Result<Vec<Statement>, Fault> {
        let mut statements = Vec::new();
        let changes = std::mem::take(&mut self.changes);
        let (mut removed, mut cleared) = (Vec::new(), Vec::new());
        let (mut added, mut put) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
        for (key, change) in changes {
            match change {
                Change::Remove => removed.push(key),
                Change::Clear => cleared.push(key),
                Change::Add(value) => {
                    added.0.push(key);
                    added.1.push(value);
                }
                Change::Put(value) => {
                    put.0.push(key);
                    put.1.push(value);
                }
            }
        }
        for keys in removed.chunks(CHUNK) {
            statements.push(delete::<T>(schema, keys, Missing::Refused)?);
        }
        for keys in cleared.chunks(CHUNK) {
            statements.push(delete::<T>(schema, keys, Missing::Ignored)?);
        }
        for (keys, values) in put.0.chunks(CHUNK).zip(put.1.chunks(CHUNK)) {
            statements.push(insert::<T>(schema, keys, values, Existing::Replaced)?);
        }
        for (keys, values) in added.0.chunks(CHUNK).zip(added.1.chunks(CHUNK)) {
            statements.push(insert::<T>(schema, keys, values, Existing::Refused)?);
        }
        self.forget();
        Ok(statements)
    }
}

#[cfg(test)]
mod tests {
    use super::super::kinds::Index;
    use super::*;

    const fn id(n: u8) -> [u8; 16] {
        [n; 16]
    }

    fn table() -> Table<Index> {
        let mut table = Table::default();
        table.keep(id(0), id(9), [(id(1), id(1)), (id(2), id(2))]);
        table
    }

    #[test]
    fn changes_are_part_of_what_is_read() {
        let mut table = table();
        table.put(id(2), id(20));
        table.add(id(3), id(3)).unwrap();
        table.remove(id(1)).unwrap();
        let read = table.from(id(0), id(5));
        assert_eq!(read, Some((id(5), vec![(id(2), id(20)), (id(3), id(3))])));
        assert_eq!(table.from(id(8), id(20)), Some((id(9), vec![])));
        assert_eq!(table.from(id(10), id(20)), None);
        assert!(table.covers(id(3), id(9)) && !table.covers(id(3), id(10)));
    }

    #[test]
    fn what_is_known_to_be_there_or_absent_is_refused_at_once() {
        let mut table = table();
        assert!(matches!(table.add(id(1), id(1)), Err(Fault::Corrupt(_))));
        assert!(matches!(table.remove(id(5)), Err(Fault::Corrupt(_))));
        table.remove(id(1)).unwrap();
        assert!(matches!(table.remove(id(1)), Err(Fault::Corrupt(_))));
        table.add(id(1), id(7)).unwrap();
        // Beyond what was read nobody knows.
        table.add(id(30), id(3)).unwrap();
        table.remove(id(40)).unwrap();
        assert!(matches!(table.add(id(30), id(3)), Err(Fault::Corrupt(_))));
        assert!(matches!(table.remove(id(40)), Err(Fault::Corrupt(_))));
    }

    #[test]
    fn each_change_has_its_statement() {
        let mut table = table();
        table.put(id(1), id(9));
        table.add(id(30), id(3)).unwrap();
        table.remove(id(40)).unwrap();
        table.put(id(50), id(5));
        table.remove(id(50)).unwrap();
        table.add(id(60), id(6)).unwrap();
        table.remove(id(60)).unwrap();
        let sql: Vec<_> = table
            .statements("s")
            .unwrap()
            .into_iter()
            .map(|it| it.sql)
            .collect();
        assert_eq!(
            sql,
            [
                "WITH gone AS (DELETE FROM s.idx WHERE h = ANY($1) RETURNING 1) \
                 SELECT 1/(count(*) = $2)::int FROM gone",
                "DELETE FROM s.idx WHERE h = ANY($1)",
                "INSERT INTO s.idx(h, id) SELECT * FROM unnest($1::bytea[], $2::bytea[]) \
                 ON CONFLICT (h) DO UPDATE SET id = excluded.id",
                "INSERT INTO s.idx(h, id) SELECT * FROM unnest($1::bytea[], $2::bytea[])",
            ]
        );
        assert!(table.is_unchanged());
        assert_eq!(table.from(id(0), id(5)), None, "what was read is old now");
    }
}
