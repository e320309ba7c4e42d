//! (c) 100,000 tokens made in one process through the library, beside plain rusqlite inserting as
//! many blobs.

use std::time::{Duration, Instant};

use hallpass::ops::token;
use rusqlite::Connection;

use super::measured_store::{MeasuredStore, drafts};
use super::plain;
use super::race::Race;
use crate::Outcome;

const ROUNDS: usize = 7;
const TOKENS: usize = 100_000;

pub(crate) fn run() -> Outcome {
    let mut race = Race::default();
    race.entrant("rusqlite, a blob each", || insert(Rows::Blobs));
    race.entrant("rusqlite, as many rows as hallpass writes", || {
        insert(Rows::All)
    });
    race.entrant("hallpass, issue_many", issue);
    race.run(ROUNDS)?;
    race.report("(c) 100,000 tokens in one process and one transaction");
    println!();
    race.compare(
        "hallpass, issue_many",
        "rusqlite, as many rows as hallpass writes",
    );
    Ok(())
}

/// From the open file to everything on the disk.
fn issue() -> Outcome<Duration> {
    let lab = MeasuredStore::new()?;
    let mut core = lab.found(TOKENS)?;
    let drafts = drafts(TOKENS)?;
    let start = Instant::now();
    core.store.bulk(true)?;
    let issued = token::issue_many(&mut core, &drafts)?;
    core.store.bulk(false)?;
    drop(core);
    let took = start.elapsed();
    if issued.len() == TOKENS {
        Ok(took)
    } else {
        Err("too few tokens".into())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rows {
    Blobs,
    /// A record and three index entries a token, an audit row each fifty.
    All,
}

fn insert(rows: Rows) -> Outcome<Duration> {
    let lab = MeasuredStore::new()?;
    let path = lab.path("plain.db");
    plain::table(&path, "wal", 0)?;
    let mut connection = Connection::open(&path)?;
    connection.execute_batch(
        "CREATE TABLE entry(h BLOB PRIMARY KEY, id BLOB NOT NULL) WITHOUT ROWID;
         CREATE TABLE log(seq INTEGER PRIMARY KEY, text BLOB NOT NULL)",
    )?;
    let start = Instant::now();
    let transaction = connection.transaction()?;
    for n in 0..TOKENS {
        let key = plain::key(n);
        let key = key.as_bytes().first_chunk::<16>().ok_or("a short key")?;
        let sql = "INSERT INTO item(key, value) VALUES (?1, ?2)";
        transaction
            .prepare_cached(sql)?
            .execute((key, [7_u8; plain::BLOB]))?;
        if rows == Rows::All {
            all(&transaction, n, key)?;
        }
    }
    transaction.commit()?;
    drop(connection);
    Ok(start.elapsed())
}

fn all(transaction: &rusqlite::Transaction<'_>, n: usize, id: &[u8; 16]) -> Outcome {
    for space in 1..=3 {
        let h = plain::key(n + space * TOKENS);
        let h = h.as_bytes().first_chunk::<16>().ok_or("a short key")?;
        transaction
            .prepare_cached("INSERT INTO entry(h, id) VALUES (?1, ?2)")?
            .execute((h, id))?;
    }
    if n.is_multiple_of(50) {
        transaction
            .prepare_cached("INSERT INTO log(text) VALUES (?1)")?
            .execute([[7_u8; 1200]])?;
    }
    Ok(())
}
