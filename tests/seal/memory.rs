//! T05, T07: no row can be swapped, replayed, doubled, moved, edited or dropped.

use hallpass::Kind;
use hallpass::backend::memory::{MemoryBackend, Tables};
use hallpass::barrier::{Details, Unique};
use hallpass::model::audit::{Action, Object};
use hallpass::model::token::{Token, TokenAddress};
use hallpass::model::verdict::Reason;
use hallpass::ops::token;
use hallpass::ops::verify::{self, Asked};

use super::attack_store::{AttackStore, unchanged};

fn answer(lab: &AttackStore, tables: Tables) -> Result<String, hallpass::Error> {
    lab.ask(&mut lab.open_tables(tables)?)
}

/// Changes the tables one way and asserts that it is noticed, whatever is asked.
#[track_caller]
fn noticed(
    lab: &AttackStore,
    tables: &Tables,
    truth: &str,
    what: &str,
    change: impl FnOnce(&mut Tables),
) {
    let mut changed = tables.clone();
    change(&mut changed);
    assert!(
        unchanged(truth, answer(lab, changed), what),
        "{what} went unnoticed"
    );
}

#[test]
fn no_sealed_row_can_take_anothers_place() {
    let (lab, tables) = AttackStore::in_memory();
    let truth = answer(&lab, tables.clone()).unwrap();
    let ids: Vec<_> = tables.obj.keys().copied().collect();
    assert!(ids.len() >= 10, "the premise: there are records");
    for a in &ids {
        for b in ids.iter().filter(|b| *b != a) {
            let (row_a, row_b) = (tables.obj[a].clone(), tables.obj[b].clone());
            noticed(&lab, &tables, &truth, "a swap", |t| {
                t.obj.insert(*a, row_b.clone());
                t.obj.insert(*b, row_a);
            });
            noticed(&lab, &tables, &truth, "a copy over another", |t| {
                t.obj.insert(*a, row_b);
            });
        }
    }
}

#[test]
fn no_row_can_be_dropped_or_added() {
    let (lab, tables) = AttackStore::in_memory();
    let truth = answer(&lab, tables.clone()).unwrap();
    for id in tables.obj.keys() {
        noticed(&lab, &tables, &truth, "a record dropped", |t| {
            drop(t.obj.remove(id));
        });
        let mut beside = *id;
        beside[15] ^= 1;
        noticed(&lab, &tables, &truth, "a record doubled", |t| {
            let row = t.obj[id].clone();
            t.obj.insert(beside, row);
        });
    }
    let check = |tables: Tables| {
        let mut core = lab.open_tables(tables)?;
        core.read(|r| r.check(&mut |_, _| ()))
            .map(|report| format!("{report:?}"))
    };
    let whole = check(tables.clone()).unwrap();
    for (h, id) in &tables.idx {
        let mut changed = tables.clone();
        changed.idx.remove(h);
        assert!(unchanged(&whole, check(changed), "an entry dropped"));
        let mut changed = tables.clone();
        let mut beside = *h;
        beside[15] ^= 1;
        changed.idx.insert(beside, *id);
        assert!(unchanged(&whole, check(changed), "an entry added"));
    }
    for b in tables.man.keys() {
        let mut changed = tables.clone();
        changed.man.remove(b);
        assert!(
            unchanged(&whole, check(changed), "a manifest row dropped"),
            "row {b}"
        );
    }
}

#[test]
fn no_index_entry_can_lead_elsewhere() {
    let (lab, tables) = AttackStore::in_memory();
    let truth = answer(&lab, tables.clone()).unwrap();
    let ids: Vec<_> = tables.obj.keys().copied().collect();
    for (h, id) in &tables.idx {
        for other in ids.iter().filter(|other| *other != id).step_by(3) {
            let mut changed = tables.clone();
            changed.idx.insert(*h, *other);
            unchanged(&truth, answer(&lab, changed), "an entry led elsewhere");
        }
    }
}

#[test]
fn no_row_of_an_older_state_can_return() {
    let backend = MemoryBackend::new();
    let held = backend.clone();
    let (lab, mut core) = AttackStore::refound(backend);
    let before = held.tables();
    let name: TokenAddress = "ci/laptop".parse().unwrap();
    token::revoke(&mut core, &[name.into()], None).unwrap();
    let after = held.tables();
    let truth = answer(&lab, after.clone()).unwrap();
    assert_ne!(
        truth,
        answer(&lab, before.clone()).unwrap(),
        "the premise: revoking shows"
    );
    for (id, old) in before
        .obj
        .iter()
        .filter(|(id, row)| after.obj.get(*id) != Some(row))
    {
        noticed(&lab, &after, &truth, "an old record", |t| {
            drop(t.obj.insert(*id, old.clone()));
        });
    }
    for (h, old) in before
        .idx
        .iter()
        .filter(|(h, id)| after.idx.get(*h) != Some(id))
    {
        noticed(&lab, &after, &truth, "an old entry", |t| {
            t.idx.insert(*h, *old);
        });
    }
    for (b, old) in before
        .man
        .iter()
        .filter(|(b, row)| after.man.get(*b) != Some(row))
    {
        noticed(&lab, &after, &truth, "an old manifest row", |t| {
            drop(t.man.insert(*b, old.clone()));
        });
    }
    noticed(&lab, &after, &truth, "all old records and entries", |t| {
        t.obj.clone_from(&before.obj);
        t.idx.clone_from(&before.idx);
    });
}

#[test]
fn no_byte_of_a_sealed_row_can_change() {
    let (lab, tables) = AttackStore::in_memory();
    let truth = answer(&lab, tables.clone()).unwrap();
    for id in tables.obj.keys() {
        for at in (0..tables.obj[id].sealed.len()).step_by(17) {
            noticed(&lab, &tables, &truth, "a byte of a record", |t| {
                t.obj.get_mut(id).unwrap().sealed[at] ^= 0x40;
            });
        }
        noticed(&lab, &tables, &truth, "another key id", |t| {
            t.obj.get_mut(id).unwrap().kid += 1;
        });
        noticed(&lab, &tables, &truth, "a record cut", |t| {
            t.obj.get_mut(id).unwrap().sealed.truncate(20);
        });
    }
    for k in [1, 2] {
        for at in (0..tables.hdr[&k].len()).step_by(3) {
            let mut changed = tables.clone();
            changed.hdr.get_mut(&k).unwrap()[at] ^= 1;
            assert!(
                unchanged(
                    &truth,
                    answer(&lab, changed),
                    "a byte of the header or keyring"
                ),
                "byte {at} of hdr {k}"
            );
        }
    }
}

/// A scan sees everything; a look-up sees its bucket, and has to notice by that alone.
#[test]
fn a_look_up_alone_notices_an_old_record() {
    let backend = MemoryBackend::new();
    let held = backend.clone();
    let (lab, mut core) = AttackStore::refound(backend);
    let before = held.tables();
    let name: TokenAddress = "ci/laptop".parse().unwrap();
    token::revoke(&mut core, &[name.into()], None).unwrap();
    let after = held.tables();
    let secret = Token::parse(lab.tokens[0].expose()).unwrap();
    let judge = |tables: Tables| {
        let mut core = lab.open_tables(tables)?;
        verify::judge(&mut core, &secret, &Asked::default())
    };
    assert_eq!(judge(before.clone()).unwrap().reason, Reason::Valid);
    assert_eq!(judge(after.clone()).unwrap().reason, Reason::Revoked);
    let mut old = after.clone();
    old.obj.clone_from(&before.obj);
    assert_ne!(old, after, "the premise: the record changed");
    assert_eq!(
        judge(old).unwrap_err().kind(),
        Kind::Integrity,
        "the old record was believed"
    );
}

#[test]
fn a_manifest_row_too_many_is_found() {
    let (lab, tables) = AttackStore::in_memory();
    let (_, row) = tables.man.iter().next_back().unwrap();
    let spare = (1..=512).find(|b| !tables.man.contains_key(b)).unwrap();
    let mut changed = tables.clone();
    changed.man.insert(spare, row.clone());
    let mut core = lab.open_tables(changed).unwrap();
    assert_eq!(
        core.read(|r| r.check(&mut |_, _| ())).unwrap_err().kind(),
        Kind::Integrity
    );
}

/// What no attacker can do without keys, a mistake of ours could.
#[test]
fn an_index_entry_that_leads_nowhere_is_found() {
    let (lab, tables) = AttackStore::in_memory();
    let mut core = lab.open_tables(tables).unwrap();
    core.write(|w| {
        let nowhere = w.fresh_id()?;
        w.index(Unique::Email("nobody@example.org"), nowhere)
    })
    .unwrap();
    let error = core.read(|r| r.check(&mut |_, _| ())).unwrap_err();
    assert!(error.to_string().contains("points to nothing"), "{error}");
}

/// A mistake of ours again.
#[test]
fn imports_that_are_counted_wrong_are_found() {
    let (lab, tables) = AttackStore::in_memory();
    let mut core = lab.open_tables(tables).unwrap();
    core.write(|w| {
        w.count_import();
        let object = Object {
            kind: "store".into(),
            id: String::new(),
            name: None,
        };
        w.audit(Action::StoreAccept, object, Details::new())
    })
    .unwrap();
    let error = core.read(|r| r.check(&mut |_, _| ())).unwrap_err();
    assert!(error.to_string().contains("imported tokens"), "{error}");
}

/// An open store has no need of them any more; whoever opens it next, or a copy of it, has.
#[test]
fn a_header_or_keyring_that_was_changed_under_an_open_store_is_found_by_a_check() {
    let backend = MemoryBackend::new();
    let held = backend.clone();
    let (_lab, mut core) = AttackStore::refound(backend);
    let whole = held.tables();
    for k in [1, 2] {
        for at in (0..whole.hdr[&k].len()).step_by(7) {
            held.tamper(|t| t.hdr.get_mut(&k).unwrap()[at] ^= 1);
            let error = core.read(|r| r.check(&mut |_, _| ())).unwrap_err();
            assert_eq!(
                error.kind(),
                Kind::Integrity,
                "byte {at} of hdr {k}: {error}"
            );
            held.restore(whole.clone());
        }
    }
    core.read(|r| r.check(&mut |_, _| ())).unwrap();
}

/// Rows that no range leads to, or none that is read.
#[test]
fn a_row_too_many_is_found_by_its_number() {
    type Change = fn(&mut Tables);
    let (lab, tables) = AttackStore::in_memory();
    let check = |tables: Tables| {
        let mut core = lab.open_tables(tables).unwrap();
        core.read(|r| r.check(&mut |_, _| ()))
            .unwrap_err()
            .to_string()
    };
    let changes: [(&str, Change); 4] = [
        ("obj", |t| {
            drop(
                t.obj
                    .insert([0; 16], t.obj.values().next().unwrap().clone()),
            );
        }),
        ("idx", |t| {
            t.idx.insert([0; 16], [0; 16]);
        }),
        ("man", |t| {
            let spare = (1..=512).find(|b| !t.man.contains_key(b)).unwrap();
            t.man.insert(spare, t.man[&0].clone());
        }),
        ("log", |t| drop(t.log.insert(0, t.log[&1].clone()))),
    ];
    for (table, change) in changes {
        let mut changed = tables.clone();
        change(&mut changed);
        let said = check(changed);
        assert!(said.contains(&format!("`{table}` should have")), "{said}");
    }
}
