//! Switches each mutant on, and runs the tests that should notice.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
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
    /// The quick ones among them passed; the others were not asked yet.
    Undecided,
}

pub(crate) fn plan(places: &Places) -> Outcome<Vec<Mutant>> {
    Ok(serde_json::from_slice(&fs::read(places.work.join("plan.json"))?)?)
}

/// What was tried so far. What was undecided and is decided now is there once.
pub(crate) fn tried(places: &Places) -> Outcome<Vec<Tried>> {
    let mut all: Vec<Tried> = Vec::new();
    for entry in fs::read_dir(&places.work)? {
        let path = entry?.path();
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        if name.starts_with("tried-") {
            all.extend(lines(&path)?);
        }
    }
    let is_decided = |tried: &Tried| tried.outcome != Caught::Undecided;
    let decided: BTreeSet<String> =
        all.iter().filter(|it| is_decided(it)).map(|it| it.name.clone()).collect();
    all.retain(|tried| is_decided(tried) || !decided.contains(&tried.name));
    Ok(all)
}

/// What an earlier run found: not results, only a hint which test to ask first.
fn former(places: &Places) -> Outcome<Vec<Tried>> {
    lines(&places.work.join("former.jsonl"))
}

fn lines(path: &Path) -> Outcome<Vec<Tried>> {
    let text = fs::read_to_string(path).unwrap_or_default();
    Ok(text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
}

/// Tries all mutants that were not tried since the tree was built. A run that was interrupted goes on
/// where it was; `rm target/mutants/tried-*` begins anew. With `parts`, only the mutants whose name has
/// one of them in it; with `--quick`, only the first pass.
pub(crate) fn shards(places: &Places, parts: &[&str]) -> Outcome<()> {
    reach::in_shards(places, "worker", parts)
}

pub(crate) fn worker(places: &Places, shard: &str, shards: &str, parts: &[&str]) -> Outcome<()> {
    let (own, shards): (usize, usize) = (shard.parse()?, shards.parse()?);
    let table = Table::read()?;
    let reaches: Vec<Reach> = reach::read(places)?;
    let path = places.work.join(format!("tried-{shard}.jsonl"));
    let mut out = OpenOptions::new().create(true).append(true).open(path)?;
    let mut killers = Killers::default();
    former(places)?.iter().for_each(|tried| killers.learn(tried));
    tried(places)?.iter().for_each(|tried| killers.learn(tried));
    let (options, parts): (Vec<&str>, Vec<&str>) =
        parts.iter().copied().partition(|part| part.starts_with("--"));
    let passes: &[u64] = if options.contains(&"--quick") { &[QUICK] } else { &[QUICK, LONGEST] };
    // Nearly all mutants are caught by a quick test, or by one that has caught others of the file; one
    // that is caught by none takes longest. These come last.
    for &seconds in passes {
        let before = tried(places)?;
        let done: BTreeSet<&str> = before
            .iter()
            .filter(|tried| seconds == QUICK || tried.outcome != Caught::Undecided)
            .map(|tried| tried.name.as_str())
            .collect();
        let is_mine = |mutant: &Mutant| {
            let name = mutant.name();
            let is_named = parts.is_empty() || parts.iter().any(|part| name.contains(part));
            is_named && mutant.id as usize % shards == own && !done.contains(name.as_str())
        };
        let mine: Vec<Mutant> = plan(places)?.into_iter().filter(is_mine).collect();
        for (n, mutant) in mine.iter().enumerate() {
            reach::set(places, &mutant.id.to_string())?;
            let outcome = try_one(places, &table, &reaches, mutant, &killers, seconds)?;
            let line = Tried { name: mutant.name(), outcome };
            killers.learn(&line);
            writeln!(out, "{}", serde_json::to_string(&line)?)?;
            if n % 50 == 49 {
                println!("worker {shard}, up to {seconds} s: {} of {}", n + 1, mine.len());
            }
        }
    }
    reach::set(places, "")
}

/// How many seconds of tests are run for a mutant at first.
const QUICK: u64 = 8;

/// How many seconds of tests are run for a mutant at most. What they do not catch counts as not caught.
const LONGEST: u64 = 60;

/// How long the tests of one process take together, but for the last, in milliseconds.
const TOGETHER: u64 = 1000;

/// Which tests have caught what.
#[derive(Default)]
struct Killers {
    /// How many mutants of a file each test has caught.
    of_files: BTreeMap<(String, String), u64>,
    /// The test that caught a mutant last.
    of_mutants: BTreeMap<String, String>,
}

impl Killers {
    fn learn(&mut self, tried: &Tried) {
        if let (Some((file, _)), Caught::By(test)) = (tried.name.split_once(' '), &tried.outcome) {
            *self.of_files.entry((file.to_owned(), test.clone())).or_default() += 1;
            self.of_mutants.insert(tried.name.clone(), test.clone());
        }
    }

    fn count(&self, file: &str, test: &str) -> u64 {
        self.of_files.get(&(file.to_owned(), test.to_owned())).copied().unwrap_or(0)
    }

    fn last(&self, mutant: &str) -> Option<&str> {
        self.of_mutants.get(mutant).map(String::as_str)
    }
}

fn try_one(
    places: &Places,
    table: &Table,
    reaches: &[Reach],
    mutant: &Mutant,
    killers: &Killers,
    seconds: u64,
) -> Outcome<Caught> {
    let Some(part) = table.part_of(&mutant.file) else { return Ok(Caught::Unreached) };
    let asked = |reach: &&Reach| {
        reach.passed && part.may_ask(&reach.test.full_name()) && reach.mutants.contains(&mutant.id)
    };
    let mut asked: Vec<&Reach> = reaches.iter().filter(asked).collect();
    if asked.is_empty() {
        return Ok(Caught::Unreached);
    }
    // First the one that caught it last time, then those that have caught others of this file, then those
    // that are about little else.
    let last = killers.last(&mutant.name());
    asked.sort_by_cached_key(|reach| {
        let name = reach.test.full_name();
        let others = last != Some(reach.test.name.as_str());
        let caught = killers.count(&mutant.file, &reach.test.name) * 1000;
        let breadth = reach.mutants.len() as u64 * reach.millis.max(10);
        (others, Reverse(caught / reach.millis.max(50)), breadth, name)
    });
    let mut rest = asked.as_slice();
    let mut spent = 0;
    while let Some(first) = rest.first() {
        if spent > seconds * 1000 {
            let undecided = seconds == QUICK;
            return Ok(if undecided {
                Caught::Undecided
            } else {
                Caught::Survived(asked.len() - rest.len())
            });
        }
        // As many as take a second, so that one that fails is known before slow ones are run.
        let mut sum = 0;
        let most = if last == Some(first.test.name.as_str()) { 1 } else { 12 };
        let together = rest.iter().take(most).take_while(|reach| {
            let fits = sum < TOGETHER && reach.test.binary == first.test.binary;
            sum += reach.millis;
            fits
        });
        let batch: Vec<&&Reach> = together.collect();
        rest = rest.get(batch.len()..).unwrap_or_default();
        let names: Vec<&str> = batch.iter().map(|reach| reach.test.name.as_str()).collect();
        let usual: u64 = batch.iter().map(|reach| reach.millis).sum();
        spent += usual;
        let limit = Duration::from_millis(usual * 6) + Duration::from_secs(10);
        match tests::run(&places.tree(), &first.test.binary, &names, limit)? {
            End::Passed => (),
            End::Late => return Ok(Caught::Late),
            End::Failed(by) => return Ok(Caught::By(by.unwrap_or_else(|| "(ended)".to_owned()))),
        }
    }
    Ok(Caught::Survived(asked.len()))
}
