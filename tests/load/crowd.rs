//! T15: writers and readers at once lose nothing and see nothing half done.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::SharedStore;

const WRITERS: usize = 4;
const READERS: usize = 2;
const WRITES: usize = 25;

#[test]
fn many_processes_write_and_read_one_store() {
    let lab = SharedStore::new();
    let first = lab.check();
    let writing = AtomicUsize::new(WRITERS);
    let seen = thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (lab, writing) = (&lab, &writing);
            scope.spawn(move || {
                let codes: Vec<_> = (0..WRITES).map(|n| write(lab, writer, n)).collect();
                writing.fetch_sub(1, Ordering::SeqCst);
                assert_eq!(codes, [Some(0); WRITES]);
            });
        }
        let readers: Vec<_> = (0..READERS)
            .map(|_| scope.spawn(|| read(&lab, &writing)))
            .collect();
        readers
            .into_iter()
            .flat_map(|reader| reader.join().unwrap())
            .collect::<Vec<_>>()
    });
    let writes = (WRITERS * WRITES) as u64;
    assert_eq!(lab.check(), (first.0 + writes, first.1 + writes));
    assert_eq!(
        lab.json(&["environment", "list"]).as_array().unwrap().len(),
        WRITERS * WRITES + 1
    );
    assert!(
        seen.iter()
            .any(|state| first.0 < state.0 && state.0 < first.0 + writes)
    );
    for (epoch, records) in seen {
        assert_eq!(
            epoch - first.0,
            records - first.1,
            "each change brings one record"
        );
    }
}

fn write(lab: &SharedStore, writer: usize, n: usize) -> Option<i32> {
    lab.code(&["environment", "add", &format!("w{writer}-{n}")])
}

/// Checks state after state as long as anybody writes.
fn read(lab: &SharedStore, writing: &AtomicUsize) -> Vec<(u64, u64)> {
    let mut seen = vec![lab.check()];
    while writing.load(Ordering::SeqCst) > 0 {
        let state = lab.check();
        assert!(seen.last() <= Some(&state), "time goes on");
        seen.push(state);
    }
    seen
}
