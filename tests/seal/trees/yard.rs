//! A folder for one file after another, what is done to it, and what a reader finds in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use hallpass::Error;
use hallpass::backend::Backend;
use hallpass::backend::sqlite::{OpenOptions, SqliteBackend};
use hallpass::barrier::State;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};
use tempfile::TempDir;

use crate::seal::operations::{Kit, Operation, Said};
use crate::seal::past::Past;
use crate::support::fast_folder;
use crate::support::forge::{self, Kept};
use crate::support::trees::{Crafted, Place};

/// Where a reader looks: a row with a number, or all rows whose keys start like this.
pub(super) type Spot = (&'static str, Vec<u8>);

/// What a reader finds there.
pub(super) type View = BTreeMap<Spot, Vec<Vec<u8>>>;

/// A store with a past, and a folder to put its files into.
pub(super) struct Yard {
    pub(super) past: Past,
    _dir: TempDir,
    folder: PathBuf,
    /// The file as it should be, and what a reader finds in it.
    pub(super) honest: Vec<u8>,
    pub(super) truth: View,
}

impl Yard {
    pub(super) fn new() -> Self {
        let (past, dir) = (Past::new(), fast_folder());
        let folder = dir.path().canonicalize().unwrap();
        let honest = forge::file(&past.history.honest(), Kept::Journal);
        let mut yard = Self {
            past,
            _dir: dir,
            folder,
            honest,
            truth: View::new(),
        };
        yard.place(&yard.honest);
        yard.truth = yard.view(&BTreeSet::new());
        yard
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.join("store.db")
    }

    /// Puts a file and this machine's memory of the store into an empty folder.
    pub(super) fn place(&self, bytes: &[u8]) -> State {
        for entry in fs::read_dir(&self.folder).unwrap().map(Result::unwrap) {
            if entry.path().is_file() {
                fs::remove_file(entry.path()).unwrap();
            }
        }
        fs::write(self.path(), bytes).unwrap();
        fs::set_permissions(self.path(), fs::Permissions::from_mode(0o600)).unwrap();
        self.past.remember_in(&self.folder)
    }

    /// Does one thing with a file.
    pub(super) fn run(&self, bytes: &[u8], operation: &Operation) -> Said {
        let state = self.place(bytes);
        let again = || self.backend();
        let kit = Kit {
            past: &self.past,
            again: &again,
            state: &state,
            folder: &self.folder,
        };
        let core = self.past.open(self.backend()?, &state)?;
        (operation.run)(core, &kit)
    }

    fn backend(&self) -> Result<Box<dyn Backend>, Error> {
        Ok(Box::new(SqliteBackend::open(
            &self.path(),
            &OpenOptions::default(),
        )?))
    }

    /// What is found where the file has rows, and at `spots`.
    pub(super) fn view(&self, spots: &BTreeSet<Spot>) -> View {
        let connection = read_only(&self.path());
        let own: BTreeSet<_> = self.truth.keys().cloned().collect();
        let own = if own.is_empty() {
            all_spots(&connection)
        } else {
            own
        };
        own.union(spots)
            .map(|spot| (spot.clone(), rows_at(&connection, spot)))
            .collect()
    }

    /// Every spot of the file as it lies there.
    pub(super) fn spots(&self) -> BTreeSet<Spot> {
        all_spots(&read_only(&self.path()))
    }
}

fn read_only(path: &Path) -> Connection {
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

fn rows_at(connection: &Connection, (table, start): &Spot) -> Vec<Vec<u8>> {
    let sql = match *table {
        "hdr" => "SELECT v FROM hdr WHERE k = ?1",
        "man" => "SELECT ct FROM man WHERE b = ?1",
        "idx" => "SELECT h || id FROM idx WHERE h BETWEEN ?1 AND ?2 ORDER BY h",
        _ => "SELECT id || ct FROM obj WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
    };
    let values: Vec<Value> = match (*table, &start[..]) {
        ("hdr" | "man", [high, low]) => vec![i64::from(u16::from_be_bytes([*high, *low])).into()],
        _ => [0, 0xff].map(|fill| filled(start, fill).into()).into(),
    };
    found(connection, sql, values)
}

/// What cannot be read is refused wherever it matters.
fn found(connection: &Connection, sql: &str, values: Vec<Value>) -> Vec<Vec<u8>> {
    let mut statement = connection.prepare_cached(sql).unwrap();
    let rows = statement.query_map(params_from_iter(values), |row| row.get(0));
    rows.unwrap().filter_map(Result::ok).collect()
}

fn all_spots(connection: &Connection) -> BTreeSet<Spot> {
    let number = |number: u16| number.to_be_bytes().to_vec();
    let mut spots: BTreeSet<_> = (1..=2).map(|k| ("hdr", number(k))).collect();
    spots.extend((0..=512).map(|b| ("man", number(b))));
    for (table, sql) in [("idx", "SELECT h FROM idx"), ("obj", "SELECT id FROM obj")] {
        let keys = found(connection, sql, Vec::new()).into_iter();
        // A bucket, and all buckets of a manifest row.
        spots.extend(keys.flat_map(|key| [1, 2].map(|length| (table, key[..length].to_vec()))));
    }
    spots
}

fn filled(start: &[u8], fill: u8) -> Vec<u8> {
    let mut key = start.to_vec();
    key.resize(16, fill);
    key
}

/// Whether a program that looks rows up takes one of another state for the newest, and one that
/// reads ranges does not find it.
pub(super) fn misleads(path: &Path, crafted: &Crafted) -> bool {
    let connection = read_only(path);
    crafted.traps.iter().any(|trap| {
        let [point, range] = naive(&connection, trap.place);
        point.contains(&trap.old) && !range.contains(&trap.old)
    })
}

/// What plain SQL finds at a place: by a look-up, and in a range.
fn naive(connection: &Connection, place: Place) -> [Vec<Vec<u8>>; 2] {
    let bucket = |key: &[u8; 16]| [0, 0xff].map(|fill| Value::from(filled(&key[..2], fill)));
    let (table, key, column, value, [first, last]): (_, _, _, Value, _) = match place {
        Place::Obj(id) => ("obj", "id", "ct", id.to_vec().into(), bucket(&id)),
        Place::Idx(h) => ("idx", "h", "id", h.to_vec().into(), bucket(&h)),
        Place::Man(b) => (
            "man",
            "b",
            "ct",
            i64::from(b).into(),
            [0.into(), 512.into()],
        ),
        Place::Log(seq) => {
            let seq = Value::from(i64::try_from(seq).unwrap());
            ("log", "seq", "ct", seq.clone(), [1.into(), seq])
        }
        Place::Hdr(k) => ("hdr", "k", "v", i64::from(k).into(), [0.into(), 9.into()]),
    };
    let point = format!("SELECT {column} FROM {table} WHERE {key} = ?1");
    let range = format!(
        "SELECT {column} FROM {table} WHERE {key} BETWEEN ?2 AND ?3 AND +{key} = ?1 ORDER BY {key}"
    );
    [
        found(connection, &point, vec![value.clone()]),
        found(connection, &range, vec![value, first, last]),
    ]
}
