//! What changed since an earlier reading of the objects.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::*;
use crate::barrier::{BucketRecords, SeenObjects};
use crate::kind::Kind;
use crate::model::id::RecordId;
use crate::model::otp::Budget;

const EVERYWHERE: RangeInclusive<u8> = 0..=u8::MAX;

/// The `n`-th record of the `next`-th bucket of those that start with `top`.
fn id(top: u8, next: u8, n: u8) -> RecordId {
    let mut bytes = [0; 16];
    bytes[0] = top;
    bytes[1] = next;
    bytes[15] = n;
    RecordId::from_bytes(bytes)
}

/// The records of a store, each with a number in it.
type Records = BTreeMap<RecordId, u32>;

/// What a reader keeps.
#[derive(Default)]
struct Kept {
    seen: SeenObjects,
    records: Records,
}

impl Kept {
    fn take(records: &mut Records, bucket: &BucketRecords<'_>) -> Result<()> {
        let [top, next] = bucket.number().to_be_bytes();
        records.retain(|id, _| id.bytes()[..2] != [top, next]);
        for record in bucket.records() {
            let record = record?;
            if let Some(budget) = record.decode::<Budget>()? {
                records.insert(record.id, budget.failures);
            }
        }
        Ok(())
    }

    /// Reads what changed; returns the buckets that were visited.
    fn follow(&mut self, store: &mut Store, tops: RangeInclusive<u8>) -> Result<Vec<[u8; 2]>> {
        let mut visited = Vec::new();
        let Self { seen, records } = self;
        store.read(|r| {
            r.changed_objects(tops, seen, &mut |bucket| {
                visited.push(bucket.number().to_be_bytes());
                Self::take(records, bucket)
            })
        })?;
        Ok(visited)
    }
}

/// A store, what is in it, and somebody who keeps up with it.
struct Scene {
    held: TestStore,
    store: Store,
    records: Records,
    kept: Kept,
}

impl Scene {
    fn new() -> Self {
        let (held, store) = TestStore::published();
        let mut scene = Self {
            held,
            store,
            records: Records::new(),
            kept: Kept::default(),
        };
        // What a new store has.
        scene.kept.follow(&mut scene.store, EVERYWHERE).unwrap();
        scene
    }

    /// Changes the store in one transaction: records get a number, or are removed.
    fn change(&mut self, changes: &[(RecordId, Option<u32>)]) {
        let records = &mut self.records;
        write_at(&mut self.store, NOW, |w| {
            for (id, number) in changes {
                let budget = number.map(|failures| Budget {
                    failures,
                    ..Budget::new(*id)
                });
                match budget {
                    Some(budget) if records.contains_key(id) => w.put(*id, &budget)?,
                    Some(budget) => w.add(*id, &budget)?,
                    None => w.remove(*id)?,
                }
            }
            note(w)
        })
        .unwrap();
        for (id, number) in changes {
            match number {
                Some(number) => drop(records.insert(*id, *number)),
                None => drop(records.remove(id)),
            }
        }
    }

    /// Follows; exactly these buckets are visited, in order, and all is known then.
    fn follows(&mut self, expected: &[[u8; 2]]) {
        let visited = self.kept.follow(&mut self.store, EVERYWHERE).unwrap();
        assert_eq!(visited, expected);
        assert_eq!(self.kept.records, self.records);
    }

    fn calls(&self, method: &str) -> u64 {
        let calls = self.held.backend.faults().calls_by_method();
        calls.get(method).copied().unwrap_or_default()
    }
}

#[test]
fn each_bucket_that_changed_is_visited_with_all_of_its_records() {
    let mut scene = Scene::new();
    let many: Vec<u8> = (10..50).collect();
    let two_in_each = |number| {
        let ids = many
            .iter()
            .flat_map(|next| [id(3, *next, 1), id(3, *next, 2)]);
        ids.map(|id| (id, Some(number))).collect::<Vec<_>>()
    };
    scene.change(&[two_in_each(1), vec![(id(9, 7, 1), Some(1))]].concat());
    let buckets: Vec<_> = many.iter().map(|next| [3, *next]).collect();
    scene.follows(&[&buckets[..], &[[9, 7]]].concat());
    scene.follows(&[]);
    // Few: one of two records, a new one, and the last one of a bucket.
    scene.change(&[
        (id(3, 10, 2), Some(2)),
        (id(3, 200, 1), Some(2)),
        (id(9, 7, 1), None),
    ]);
    scene.follows(&[[3, 10], [3, 200], [9, 7]]);
    // Many, with others between them that did not change, and one that becomes empty.
    let every_other = many.iter().filter(|next| *next % 2 == 0);
    let mut changes: Vec<_> = every_other.map(|next| (id(3, *next, 1), Some(3))).collect();
    changes.extend([(id(3, 11, 1), None), (id(3, 11, 2), None)]);
    scene.change(&changes);
    let mut expected: Vec<_> = changes.iter().map(|(id, _)| [3, id.bytes()[1]]).collect();
    expected.sort_unstable();
    expected.dedup();
    assert_eq!(expected.len(), 21, "the premise");
    scene.follows(&expected);
    // Changed, and changed back: sums know no history.
    scene.change(&[(id(3, 10, 1), Some(4))]);
    scene.follows(&[[3, 10]]);
}

#[test]
fn from_sixteen_buckets_on_all_are_read_at_once() {
    for (changed, reads) in [(15, 15), (16, 1)] {
        let mut scene = Scene::new();
        let change: Vec<_> = (0..changed).map(|n| (id(3, n, 1), Some(1))).collect();
        scene.change(&change);
        let before = scene.calls("obj_range");
        let buckets: Vec<_> = (0..changed).map(|n| [3, n]).collect();
        scene.follows(&buckets);
        assert_eq!(scene.calls("obj_range") - before, reads, "{changed}");
    }
}

#[test]
fn where_nothing_changed_nothing_is_read() {
    let mut scene = Scene::new();
    scene.change(&[(id(3, 1, 1), Some(1)), (id(4, 1, 1), Some(1))]);
    scene.follows(&[[3, 1], [4, 1]]);
    // Another state of a bucket that was there before.
    scene.change(&[(id(3, 1, 1), Some(2))]);
    scene.follows(&[[3, 1]]);
    let read = |scene: &Scene| [scene.calls("obj_range"), scene.calls("man_get")];
    let before = read(&scene);
    scene.follows(&[]);
    let [objects, rows] = read(&scene);
    assert_eq!(objects, before[0]);
    assert!(rows - before[1] <= 1, "the root alone");
}

#[test]
fn a_part_of_the_ids_is_followed_alone() {
    let mut scene = Scene::new();
    scene.change(&[(id(3, 1, 1), Some(1)), (id(4, 1, 1), Some(1))]);
    let visited = scene.kept.follow(&mut scene.store, 4..=4).unwrap();
    assert_eq!(visited, [[4, 1]]);
    scene.follows(&[[3, 1]]);
}

#[test]
fn a_bucket_that_is_not_what_it_was_is_found_and_the_others_follow_later() {
    for changed in [3, 30] {
        let mut scene = Scene::new();
        let change = |number| (0..changed).map(move |n| (id(3, n, 1), Some(number)));
        scene.change(&change(1).collect::<Vec<_>>());
        scene.follows(&(0..changed).map(|n| [3, n]).collect::<Vec<_>>());
        let old = scene.held.backend.tables().obj[id(3, 1, 1).bytes()].clone();
        scene.change(&change(2).collect::<Vec<_>>());
        // A row of an earlier state, at its own place.
        let place = *id(3, 1, 1).bytes();
        let new = scene
            .held
            .backend
            .tamper(|tables| tables.obj.insert(place, old));
        let refused = scene.kept.follow(&mut scene.store, EVERYWHERE).unwrap_err();
        assert_eq!(refused.kind(), Kind::Integrity);
        scene
            .held
            .backend
            .tamper(|tables| tables.obj.insert(place, new.unwrap()));
        let visited = scene.kept.follow(&mut scene.store, EVERYWHERE).unwrap();
        assert!(visited.contains(&[3, 1]), "{visited:?}");
        assert_eq!(scene.kept.records, scene.records);
    }
}

#[test]
fn a_visitor_that_fails_meets_its_bucket_again() {
    let mut scene = Scene::new();
    scene.change(&[(id(3, 1, 1), Some(1)), (id(3, 2, 1), Some(1))]);
    let seen = &mut scene.kept.seen;
    let failed = scene.store.read(|r| {
        r.changed_objects(EVERYWHERE, seen, &mut |bucket| match bucket.number() {
            0x0301 => Kept::take(&mut scene.kept.records, bucket),
            _ => Err(crate::error::Error::Stopped),
        })
    });
    assert!(failed.is_err());
    scene.follows(&[[3, 2]]);
}

#[test]
fn what_a_transaction_has_changed_itself_is_no_basis() {
    let mut scene = Scene::new();
    let refused = write_at(&mut scene.store, NOW, |w| {
        w.add(id(3, 1, 1), &Budget::new(id(3, 1, 1)))?;
        w.changed_objects(EVERYWHERE, &mut SeenObjects::default(), &mut |_| Ok(()))
    });
    assert_eq!(refused.unwrap_err().kind(), Kind::Bug);
}

#[test]
fn records_are_counted() {
    let mut scene = Scene::new();
    let count = |store: &mut Store| store.read(|r| Ok(r.records())).unwrap();
    let before = count(&mut scene.store);
    scene.change(&[
        (id(3, 1, 1), Some(1)),
        (id(3, 1, 2), Some(1)),
        (id(4, 1, 1), Some(1)),
    ]);
    assert_eq!(count(&mut scene.store), before + 3);
    scene.change(&[(id(3, 1, 1), None)]);
    assert_eq!(count(&mut scene.store), before + 2);
}
