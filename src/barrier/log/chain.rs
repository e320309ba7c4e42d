//! The audit log's chain: sealed entries, each bound to the one before; the root holds the head.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use zeroize::Zeroizing;

use crate::backend::{Fault, LogRow, Row, Transaction};
use crate::barrier::rows::aad::aad;
use crate::barrier::rows::codec::LARGEST;
use crate::barrier::store_id::StoreId;
use crate::barrier::unlocking::keys::Keys;
use crate::crypto::Label;
use crate::crypto::hash;
use crate::entropy::Entropy;
use crate::error::{Error, Refusal, Result};
use crate::model::audit::{Entry, LogHead};

/// Facts about a change, before and after. Only fields listed explicitly where the change is made,
/// never a secret.
pub type Details = BTreeMap<String, String>;

/// The chain's hash after a row.
pub(in crate::barrier) type Head = [u8; 32];

const VERSION: u8 = 1;

/// How many rows are read at a time.
pub(in crate::barrier) const PAGE: u64 = 512;

/// Seals entry `seq` and returns its row and the chain's head after it.
pub(in crate::barrier) fn seal(
    keys: &Keys,
    store: &StoreId,
    seq: u64,
    before: &Head,
    entry: &Entry,
    entropy: &mut dyn Entropy,
) -> Result<(LogRow, Head)> {
    let plain = postcard::to_extend(entry, vec![VERSION])
        .map_err(|_| Error::Bug("an audit entry cannot be written down"))?;
    let plain = Zeroizing::new(plain);
    if plain.len() > LARGEST {
        return Err(Refusal::Limit("an audit entry is larger than 1 MiB").into());
    }
    let active = keys.log(None)?;
    let bytes = active
        .key
        .seal(&bound(store, active.kid, seq), &plain, entropy)?;
    let head = next_head(keys, seq, entry.epoch, before, &plain);
    Ok((
        LogRow {
            seq,
            row: Row {
                kid: active.kid,
                sealed: bytes,
            },
        },
        head,
    ))
}

/// Opens a row and returns its entry and the chain's head after it.
fn open(keys: &Keys, store: &StoreId, row: &LogRow, before: &Head) -> Result<(Entry, Head)> {
    let (entry, plain) = unseal(keys, store, row)?;
    let head = next_head(keys, row.seq, entry.epoch, before, &plain);
    Ok((entry, head))
}

/// Opens a row. This proves that the store sealed the entry for this position; only the chain
/// proves that it belongs to this history.
pub(in crate::barrier) fn unseal(
    keys: &Keys,
    store: &StoreId,
    row: &LogRow,
) -> Result<(Entry, Zeroizing<Vec<u8>>)> {
    let sealer = keys.log(Some(row.row.kid))?;
    let plain = sealer
        .key
        .open(&bound(store, row.row.kid, row.seq), &row.row.sealed)
        .ok_or_else(|| damaged(row.seq))?;
    let entry = match plain.split_first() {
        Some((&VERSION, fields)) => postcard::from_bytes(fields).map_err(|_| damaged(row.seq))?,
        _ => return Err(damaged(row.seq)),
    };
    Ok((entry, plain))
}

/// Follows the chain from `first`, whose predecessor's head is `before`, to `last`, and returns the
/// head there. Visits each entry with its head. A missing row is damage.
pub(in crate::barrier) fn follow(
    tx: &dyn Transaction,
    keys: &Keys,
    store: &StoreId,
    (first, last): (u64, u64),
    before: Head,
    visit: &mut dyn FnMut(LogHead, Entry) -> Result<()>,
) -> Result<Head> {
    let mut head = before;
    pages(tx, first..=last, &mut |row| {
        let (entry, after) = open(keys, store, row, &head)?;
        head = after;
        visit(LogHead { seq: row.seq, head }, entry)
    })?;
    Ok(head)
}

/// Visits rows in ascending order, one page at a time. A missing row is damage.
pub(in crate::barrier) fn pages(
    tx: &dyn Transaction,
    range: RangeInclusive<u64>,
    visit: &mut dyn FnMut(&LogRow) -> Result<()>,
) -> Result<()> {
    let (mut next, last) = range.into_inner();
    while next <= last {
        let end = last.min(next.saturating_add(PAGE - 1));
        page(tx, next, end)?.iter().try_for_each(&mut *visit)?;
        next = end.saturating_add(1);
    }
    Ok(())
}

/// Reads all rows from `first` to `end`.
pub(in crate::barrier) fn page(tx: &dyn Transaction, first: u64, end: u64) -> Result<Vec<LogRow>> {
    let mut rows = Vec::new();
    let mut expected = first;
    let read = tx.log_range(first, end, &mut |row| {
        // Checked as rows arrive: a crafted file can yield far more rows than it has bytes for.
        if row.seq != expected {
            return Err(Fault::Corrupt(String::new()));
        }
        expected += 1;
        rows.push(row);
        Ok(())
    });
    read.map_err(|fault| match fault {
        Fault::Corrupt(_) => damaged(expected),
        other => other.into(),
    })?;
    if expected == end + 1 {
        Ok(rows)
    } else {
        Err(damaged(expected))
    }
}

fn next_head(keys: &Keys, seq: u64, epoch: u64, before: &Head, plain: &[u8]) -> Head {
    let parts: [&[u8]; 4] = [
        &seq.to_le_bytes(),
        &epoch.to_le_bytes(),
        before,
        &hash::sha256(plain),
    ];
    *keys.chain.tag(Label::Log, &parts).bytes()
}

fn bound(store: &StoreId, kid: u32, seq: u64) -> [u8; 52] {
    aad(Label::Log, store, kid, u128::from(seq).to_le_bytes())
}

fn damaged(seq: u64) -> Error {
    Error::Integrity(format!("row {seq} of `log` is missing or was changed"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::memory::{MemoryBackend, Tables};
    use crate::backend::{Backend as _, Mode};
    use crate::barrier::unlocking::keyring::Keyring;
    use crate::crypto::{Key, OVERHEAD};
    use crate::entropy::OsEntropy;
    use crate::model::audit::{Actor, Object, ObjectKind, Outcome};
    use crate::model::time::Time;

    fn rows(count: u64) -> MemoryBackend {
        let row = Row {
            kid: 1,
            sealed: Vec::new(),
        };
        MemoryBackend::with(Tables {
            log: (1..=count).map(|seq| (seq, row.clone())).collect(),
            ..Tables::default()
        })
    }

    #[test]
    fn the_log_is_read_a_page_at_a_time() {
        let count = PAGE + 1;
        let mut backend = rows(count);
        let faults = backend.faults();
        let tx = backend.begin(Mode::Read).unwrap();
        let mut seen = Vec::new();
        pages(&*tx, 1..=count, &mut |row| {
            seen.push(row.seq);
            Ok(())
        })
        .unwrap();
        assert!(seen.into_iter().eq(1..=count));
        assert_eq!(faults.calls_by_method()["log_range"], 2);
    }

    #[test]
    fn a_storage_that_fails_is_no_damage() {
        let mut backend = rows(3);
        backend
            .faults()
            .fail_method("log_range", 1, || Fault::Storage("a fault".into()));
        let tx = backend.begin(Mode::Read).unwrap();
        let error = page(&*tx, 1, 3).unwrap_err();
        assert!(
            matches!(error, Error::Storage(Fault::Storage(_))),
            "{error}"
        );
    }

    #[test]
    fn an_entry_is_sealed_up_to_its_limit() {
        let root = Key::generate(&mut OsEntropy).unwrap();
        let ring = Keyring::generate(&mut OsEntropy).unwrap();
        let keys = Keys::new(&[7; 16], &root, ring).unwrap();
        let sealed = |length: usize| {
            let entry = Entry {
                at: Time::from_seconds(1),
                epoch: 1,
                actor: Actor::default(),
                action: "store.init".into(),
                object: Object::new(ObjectKind::Store, String::new(), None),
                outcome: Outcome::Done,
                details: [("why".into(), "x".repeat(length))].into(),
            };
            let (row, _) = seal(&keys, &[7; 16], 1, &[0; 32], &entry, &mut OsEntropy)?;
            Ok::<usize, Error>(row.row.sealed.len() - OVERHEAD)
        };
        let around = sealed(LARGEST / 2).unwrap() - LARGEST / 2;
        assert_eq!(sealed(LARGEST - around).unwrap(), LARGEST);
        let error = sealed(LARGEST - around + 1).unwrap_err().to_string();
        assert!(error.contains("larger than 1 MiB"), "{error}");
    }

    #[test]
    fn a_page_has_all_of_its_rows() {
        let mut backend = rows(4);
        let tx = backend.begin(Mode::Read).unwrap();
        let numbers = |first, end| -> Result<Vec<u64>> {
            Ok(page(&*tx, first, end)?.iter().map(|row| row.seq).collect())
        };
        assert_eq!(numbers(2, 4).unwrap(), [2, 3, 4]);
        for (first, end, missing) in [(2, 5, 5), (0, 3, 0), (5, 6, 5)] {
            let error = numbers(first, end).unwrap_err();
            assert!(
                error.to_string().contains(&format!("row {missing} of")),
                "{error}"
            );
        }
    }
}
