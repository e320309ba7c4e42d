//! Switches each mutant on, and runs the tests that should notice.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::find::Mutant;
use crate::reach::{self, Reach};
use crate::table::Table;
use crate::tests::{self, End};
use crate::{Outcome, Places};

/// What came of a mutant.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Tried {
    pub(crate) name: String,
    pub(crate) outcome: Caught,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Caught {
    /// By this test.
    By(String),
    /// Tests did not end in time.
    Late,
    /// No test of its modules gets there.
    Unreached,
    /// All of these passed.
    Survived(usize),
}

pub(crate) fn plan(places: &Places) -> Outcome<Vec<Mutant>> {
    Ok(serde_json::from_slice(&fs::read(places.work.join("plan.json"))?)?)
}

/// What was tried so far.
pub(crate) fn tried(places: &Places) -> Outcome<Vec<Tried>> {
    let mut all = Vec::new();
    for shard in 0..reach::processors() {
        let text = fs::read_to_string(places.work.join(format!("tried-{shard}.jsonl")));
        for line in text.unwrap_or_default().lines() {
            all.push(serde_json::from_str(line)?);
        }
    }
    Ok(all)
}

/// Tries all mutants that were not tried since the tree was built. A run that was interrupted goes on
/// where it was; `rm target/mutants/tried-*` begins anew.
pub(crate) fn shards(places: &Places) -> Outcome<()> {
    reach::in_shards(places, "worker")
}

pub(crate) fn worker(places: &Places, shard: &str, shards: &str) -> Outcome<()> {
    let (own, shards): (usize, usize) = (shard.parse()?, shards.parse()?);
    let table = Table::read()?;
    let reaches: Vec<Reach> = reach::read(places)?;
    let done: BTreeSet<String> = tried(places)?.into_iter().map(|tried| tried.name).collect();
    let path = places.work.join(format!("tried-{shard}.jsonl"));
    let mut out = OpenOptions::new().create(true).append(true).open(path)?;
    let todo: Vec<Mutant> =
        plan(places)?.into_iter().filter(|mutant| !done.contains(&mutant.name())).collect();
    let mine: Vec<_> = todo.iter().enumerate().filter(|(n, _)| n % shards == own).collect();
    for (n, (_, mutant)) in mine.iter().enumerate() {
        reach::set(places, &mutant.id.to_string())?;
        let outcome = try_one(places, &table, &reaches, mutant)?;
        let line = Tried { name: mutant.name(), outcome };
        writeln!(out, "{}", serde_json::to_string(&line)?)?;
        if n % 50 == 49 {
            println!("worker {shard}: {} of {}", n + 1, mine.len());
        }
    }
    reach::set(places, "")
}

fn try_one(places: &Places, table: &Table, reaches: &[Reach], mutant: &Mutant) -> Outcome<Caught> {
    let Some(part) = table.part_of(&mutant.file) else { return Ok(Caught::Unreached) };
    let asked = |reach: &&Reach| {
        let name = reach.test.full_name();
        let of_module = part.tests.iter().any(|module| name.starts_with(module.as_str()));
        reach.passed && of_module && reach.mutants.contains(&mutant.id)
    };
    let mut asked: Vec<&Reach> = reaches.iter().filter(asked).collect();
    if asked.is_empty() {
        return Ok(Caught::Unreached);
    }
    // The quick ones first, a few at a time: most mutants are caught by one of them.
    asked.sort_by_key(|reach| (reach.millis, &reach.test));
    let mut rest = asked.as_slice();
    while let Some(first) = rest.first() {
        let together = rest.iter().take(12).take_while(|it| it.test.binary == first.test.binary);
        let batch: Vec<&&Reach> = together.collect();
        rest = rest.get(batch.len()..).unwrap_or_default();
        let names: Vec<&str> = batch.iter().map(|reach| reach.test.name.as_str()).collect();
        let usual: u64 = batch.iter().map(|reach| reach.millis).sum();
        let limit = Duration::from_millis(usual * 6) + Duration::from_secs(10);
        match tests::run(&places.tree(), &first.test.binary, &names, limit)? {
            End::Passed => (),
            End::Late => return Ok(Caught::Late),
            End::Failed(by) => return Ok(Caught::By(by.unwrap_or_else(|| "(ended)".to_owned()))),
        }
    }
    Ok(Caught::Survived(asked.len()))
}
