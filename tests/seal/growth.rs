//! Opening a store and judging a token costs what it costs, however much there is.

use hallpass::backend::memory::MemoryBackend;
use hallpass::model::token::Token;
use hallpass::ops::token::{self, Draft};
use hallpass::ops::verify::{Asked, judge};

use super::attack_store::AttackStore;

#[test]
fn opening_and_judging_reads_no_more_in_a_large_store() {
    let (few, many) = (Cost::at(10), Cost::at(5_000));
    assert!(
        many.kept > 100 * few.kept && many.log > 10 * few.log,
        "{few:?} {many:?}"
    );
    // Some rows are neighbours by chance.
    assert!(many.calls <= few.calls + 4, "{few:?} {many:?}");
    assert!(many.rows <= few.rows + 16, "{few:?} {many:?}");
}

/// More index entries than a writer keeps in memory, so that it writes some of them early.
#[test]
fn a_bulk_of_tokens_leaves_everything_whole() {
    let (_lab, mut core) = AttackStore::refound(MemoryBackend::new());
    let before = core.read(|r| r.check(&mut |_, _| ())).unwrap();
    token::issue_many(&mut core, &drafts(22_000)).unwrap();
    let after = core.read(|r| r.check(&mut |_, _| ())).unwrap();
    assert_eq!(after.records - before.records, 22_000);
    assert_eq!(after.entries - before.entries, 66_000);
}

fn drafts(tokens: usize) -> Vec<Draft> {
    let named = |n| Draft::new("ci".parse().unwrap(), format!("t{n}").parse().unwrap());
    (0..tokens).map(named).collect()
}

/// What it took to open a store and judge a token of it.
#[derive(Debug)]
struct Cost {
    /// Tokens, and rows of the log.
    kept: usize,
    log: usize,
    /// Calls of the backend, and rows that it handed out.
    calls: u64,
    rows: u64,
}

impl Cost {
    fn at(tokens: usize) -> Self {
        let backend = MemoryBackend::new();
        let (mut lab, mut core) = AttackStore::refound(backend.clone());
        drafts(tokens)
            .chunks(10)
            .for_each(|some| drop(token::issue_many(&mut core, some).unwrap()));
        lab.issue(&mut core, "ci", "asked");
        drop(core);
        let asked = Token::parse(lab.tokens.last().unwrap().expose()).unwrap();
        let counted = backend.faults();
        let before = (counted.calls(), counted.rows());
        let mut core = lab.open_backend(backend.clone()).unwrap();
        assert!(judge(&mut core, &asked, &Asked::default()).unwrap().valid);
        let (calls, rows) = (counted.calls() - before.0, counted.rows() - before.1);
        Self {
            kept: tokens,
            log: backend.tables().log.len(),
            calls,
            rows,
        }
    }
}
