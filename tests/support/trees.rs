//! Trees of a store in which a look-up, a range and a scan of everything find different rows.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use hallpass::backend::memory::Tables;
use hallpass::backend::{IdxKey, ObjId, Row};
use rusqlite::{Connection, OpenFlags};

use super::chance::Chance;
use super::forge::{self, Kept, Node, Payload, Trees, Value, footprint, record};

mod keyed;
mod numbered;

/// A key of `idx` or `obj`.
type Key = [u8; 16];

/// The states of a store, as rows.
pub(crate) struct History {
    pub(crate) newest: Tables,
    /// Earlier ones, and such as went another way.
    pub(crate) others: Vec<Tables>,
}

/// A file that holds the newest rows and others beside them, and what it holds of those.
pub(crate) struct Crafted {
    pub(crate) bytes: Vec<u8>,
    pub(crate) traps: Vec<Trap>,
}

/// The rows of a file that is what it should be.
pub(crate) fn tables(path: &Path) -> Tables {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let key = |row: &rusqlite::Row<'_>, at| row.get::<_, [u8; 16]>(at).unwrap();
    let sealed = |row: &rusqlite::Row<'_>| Row {
        kid: row.get(1).unwrap(),
        sealed: row.get(2).unwrap(),
    };
    let mut found = Tables::default();
    each(&connection, "SELECT k, v FROM hdr", &mut |row| {
        found.hdr.insert(row.get(0).unwrap(), row.get(1).unwrap());
    });
    each(&connection, "SELECT h, id FROM idx", &mut |row| {
        found.idx.insert(key(row, 0), key(row, 1));
    });
    each(&connection, "SELECT seq, kid, ct FROM log", &mut |row| {
        found
            .log
            .insert(row.get::<_, u32>(0).unwrap().into(), sealed(row));
    });
    each(&connection, "SELECT b, kid, ct FROM man", &mut |row| {
        found.man.insert(row.get(0).unwrap(), sealed(row));
    });
    each(&connection, "SELECT id, kid, ct FROM obj", &mut |row| {
        found.obj.insert(key(row, 0), sealed(row));
    });
    found
}

fn each(connection: &Connection, sql: &str, visit: &mut dyn FnMut(&rusqlite::Row<'_>)) {
    let mut statement = connection.prepare(sql).unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        visit(row);
    }
}

/// A row of another state.
#[derive(Clone)]
pub(crate) struct Trap {
    pub(crate) place: Place,
    pub(crate) payload: Payload,
    /// What a look-up of that place must not find: the sealed bytes, or where the entry leads.
    pub(crate) old: Vec<u8>,
    /// How it is laid out.
    pub(crate) shape: u8,
}

impl fmt::Debug for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} laid out as {}", self.place, self.shape)
    }
}

/// A table and a key of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Hdr(u8),
    Idx(IdxKey),
    Log(u64),
    Man(u16),
    Obj(ObjId),
}

/// The rows of each table, as records.
#[derive(Default)]
struct Records {
    hdr: BTreeMap<i64, Payload>,
    idx: BTreeMap<Key, Payload>,
    log: BTreeMap<i64, Payload>,
    man: BTreeMap<i64, Payload>,
    obj: BTreeMap<Key, Payload>,
}

impl History {
    /// The newest rows in trees as they should be.
    pub(crate) fn honest(&self) -> Trees {
        let Records {
            hdr,
            idx,
            log,
            man,
            obj,
        } = Records::of(&self.newest);
        [
            numbered::plain(&listed(&hdr)),
            keyed::plain(&listed(&idx)),
            numbered::plain(&listed(&log)),
            numbered::plain(&listed(&man)),
            keyed::plain(&listed(&obj)),
        ]
    }

    /// The newest rows in trees that lead to others, by the chance of `number`.
    pub(crate) fn crafted(&self, number: u64, kept: Kept) -> Crafted {
        let mut chance = Chance::of(number);
        let traps = self.traps(&mut chance);
        let Records {
            hdr,
            idx,
            log,
            man,
            obj,
        } = Records::of(&self.newest);
        let keys = |wanted: fn(Place) -> Option<Key>| -> Vec<_> {
            traps
                .iter()
                .filter_map(|trap| Some((wanted(trap.place)?, trap.clone())))
                .collect()
        };
        let numbers = |wanted: fn(Place) -> Option<i64>| -> Vec<_> {
            traps
                .iter()
                .filter_map(|trap| Some((wanted(trap.place)?, trap.clone())))
                .collect()
        };
        let trees = [
            numbered::crafted(&listed(&hdr), &numbers(Place::in_hdr), &mut chance),
            keyed::crafted(&listed(&idx), &keys(Place::in_idx), &mut chance),
            numbered::crafted(&listed(&log), &numbers(Place::in_log), &mut chance),
            numbered::crafted(&listed(&man), &numbers(Place::in_man), &mut chance),
            keyed::crafted(&listed(&obj), &keys(Place::in_obj), &mut chance),
        ];
        Crafted {
            bytes: forge::file(&trees, kept),
            traps,
        }
    }

    /// Some rows of other states, each at a place of its own.
    fn traps(&self, chance: &mut Chance) -> Vec<Trap> {
        let mut traps: Vec<Trap> = Vec::new();
        for _ in 0..=chance.below(5) {
            let other = chance.pick(&self.others);
            let candidates = self.differences(other, chance.below(12));
            if candidates.is_empty() {
                continue;
            }
            let trap = Trap {
                shape: chance.byte(),
                ..chance.pick(&candidates).clone()
            };
            if traps.iter().all(|known| known.place != trap.place) {
                traps.push(trap);
            }
        }
        traps
    }

    /// The rows of a table in another state that are not those of the newest.
    fn differences(&self, other: &Tables, table: u64) -> Vec<Trap> {
        let (old, new) = (Records::of(other), Records::of(&self.newest));
        let trap = |place, payload: &Payload, old: &[u8]| {
            let (payload, old) = (payload.clone(), old.to_vec());
            Trap {
                place,
                payload,
                old,
                shape: 0,
            }
        };
        let mut traps = Vec::new();
        match table {
            // Records are what a verdict is made of, and entries lead to them.
            0..=4 => traps.extend(other.obj.iter().filter_map(|(id, row)| {
                let payload = &old.obj[id];
                (new.obj.get(id) != Some(payload))
                    .then(|| trap(Place::Obj(*id), payload, &row.sealed))
            })),
            5..=7 => traps.extend(other.idx.iter().filter_map(|(h, id)| {
                let payload = &old.idx[h];
                (new.idx.get(h) != Some(payload)).then(|| trap(Place::Idx(*h), payload, id))
            })),
            8..=9 => traps.extend(other.man.iter().filter_map(|(b, row)| {
                let payload = &old.man[&i64::from(*b)];
                let changed = new.man.get(&i64::from(*b)) != Some(payload);
                changed.then(|| trap(Place::Man(*b), payload, &row.sealed))
            })),
            10 => traps.extend(other.log.iter().filter_map(|(seq, row)| {
                let number = i64::try_from(*seq).unwrap();
                let payload = &old.log[&number];
                let changed = new.log.get(&number) != Some(payload);
                changed.then(|| trap(Place::Log(*seq), payload, &row.sealed))
            })),
            _ => traps.extend(other.hdr.iter().filter_map(|(k, row)| {
                let payload = &old.hdr[&i64::from(*k)];
                let changed = new.hdr.get(&i64::from(*k)) != Some(payload);
                changed.then(|| trap(Place::Hdr(*k), payload, row))
            })),
        }
        traps
    }
}

impl Records {
    fn of(tables: &Tables) -> Self {
        let sealed = |row: &Row| {
            let values = [
                Value::Null,
                Value::Number(row.kid),
                Value::Bytes(&row.sealed),
            ];
            Payload::Own(record(&values))
        };
        let header = |v: &[u8]| Payload::Own(record(&[Value::Null, Value::Bytes(v)]));
        Self {
            hdr: tables
                .hdr
                .iter()
                .map(|(k, v)| (i64::from(*k), header(v)))
                .collect(),
            idx: tables
                .idx
                .iter()
                .map(|(h, id)| (*h, entry(h, id)))
                .collect(),
            log: tables
                .log
                .iter()
                .map(|(seq, row)| (i64::try_from(*seq).unwrap(), sealed(row)))
                .collect(),
            man: tables
                .man
                .iter()
                .map(|(b, row)| (i64::from(*b), sealed(row)))
                .collect(),
            obj: tables
                .obj
                .iter()
                .map(|(id, row)| (*id, object(id, row)))
                .collect(),
        }
    }
}

fn entry(h: &IdxKey, id: &ObjId) -> Payload {
    Payload::Own(record(&[Value::Bytes(h), Value::Bytes(id)]))
}

/// The record of an object.
pub(crate) fn object(id: &ObjId, row: &Row) -> Payload {
    let values = [
        Value::Bytes(id),
        Value::Number(row.kid),
        Value::Bytes(&row.sealed),
    ];
    Payload::Own(record(&values))
}

/// A tree of objects as it should be.
pub(crate) fn objects(rows: &[(ObjId, Payload)]) -> Node {
    keyed::plain(rows)
}

/// A tree of rows with numbers as it should be.
pub(crate) fn numbers(rows: &[(i64, Payload)]) -> Node {
    numbered::plain(rows)
}

fn listed<K: Copy, V: Clone>(rows: &BTreeMap<K, V>) -> Vec<(K, V)> {
    rows.iter().map(|(key, row)| (*key, row.clone())).collect()
}

impl Place {
    fn in_hdr(self) -> Option<i64> {
        if let Self::Hdr(k) = self {
            Some(k.into())
        } else {
            None
        }
    }

    fn in_idx(self) -> Option<Key> {
        if let Self::Idx(h) = self {
            Some(h)
        } else {
            None
        }
    }

    fn in_log(self) -> Option<i64> {
        if let Self::Log(seq) = self {
            i64::try_from(seq).ok()
        } else {
            None
        }
    }

    fn in_man(self) -> Option<i64> {
        if let Self::Man(b) = self {
            Some(b.into())
        } else {
            None
        }
    }

    fn in_obj(self) -> Option<Key> {
        if let Self::Obj(id) = self {
            Some(id)
        } else {
            None
        }
    }
}

/// Puts things into groups of which each fits into a page.
fn packed<T>(things: Vec<T>, size: impl Fn(&T) -> usize) -> Vec<Vec<T>> {
    let (mut groups, mut room) = (Vec::<Vec<T>>::new(), 0);
    for thing in things {
        let needed = size(&thing);
        match groups.last_mut() {
            Some(group) if needed <= room => group.push(thing),
            _ => {
                room = forge::ROOM;
                groups.push(vec![thing]);
            }
        }
        room = room.saturating_sub(needed);
    }
    groups
}

/// What a payload takes on a leaf of numbers, or of keys.
fn sizes(payload: &Payload) -> [usize; 2] {
    [
        footprint(payload, forge::LOCAL_ROW),
        footprint(payload, forge::LOCAL_KEY),
    ]
}
