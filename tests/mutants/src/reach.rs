//! Records which test reaches which mutant, and how long it takes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::find::Mutant;
use crate::table::Table;
use crate::tests::{self, End, Test};
use crate::{Outcome, Places, run};

/// What one test does.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Reach {
    pub(crate) test: Test,
    pub(crate) millis: u64,
    pub(crate) passed: bool,
    pub(crate) mutants: BTreeSet<u32>,
}

/// How many mutants are tried at once: one for each processor, or what `WORKERS` says. Tests of the server wait most of the time.
pub(crate) fn workers() -> usize {
    let told = std::env::var("WORKERS").ok().and_then(|text| text.parse().ok());
    told.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get))
}

/// Starts the workers, each with a switch of its own: a file that is mounted over the one
/// that the mutated program reads, in a namespace of the worker's (this needs root).
pub(crate) fn in_shards(places: &Places, task: &str, parts: &[&str]) -> Outcome<()> {
    let shards = workers();
    let mut workers = Vec::new();
    for shard in 0..shards {
        let own = places.work.join(format!("switch-{shard}"));
        fs::write(&own, "")?;
        let script =
            "mount --make-rprivate / && mount --bind \"$1\" \"$2\" && shift 2 && exec \"$@\"";
        let worker = Command::new("unshare")
            .args(["--mount", "sh", "-c", script, "sh"])
            .args([&own, &places.switch()])
            .arg(std::env::current_exe()?)
            .args([task, &shard.to_string(), &shards.to_string()])
            .args(parts)
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()?;
        workers.push(worker);
    }
    for mut worker in workers {
        if !worker.wait()?.success() {
            return Err(format!("a worker of `{task}` failed").into());
        }
    }
    Ok(())
}

/// Runs each test that may catch a mutant once, and keeps what it reached. With `parts`, only the tests whose name has one of
/// them in it and those that are new; what is known of the others is kept.
pub(crate) fn record(places: &Places, parts: &[&str]) -> Outcome<()> {
    let plan = fs::metadata(places.work.join("plan.json"))?.modified()?;
    let kept = places.work.join("reach.json");
    let is_current = || {
        let recorded = fs::metadata(&kept).and_then(|data| data.modified());
        recorded.is_ok_and(|at| at > plan)
    };
    if parts.is_empty() && is_current() {
        return Ok(());
    }
    let mut all = if parts.is_empty() { Vec::new() } else { known(places, parts)? };
    fs::write(places.work.join("known.json"), serde_json::to_vec(&all)?)?;
    in_shards(places, "reach-worker", &[])?;
    for shard in 0..workers() {
        let text = fs::read_to_string(places.work.join(format!("reach-{shard}.jsonl")))?;
        for line in text.lines() {
            all.push(serde_json::from_str(line)?);
        }
    }
    let broken: Vec<_> = all.iter().filter(|reach| !reach.passed).collect();
    for reach in &broken {
        println!("does not pass without a mutant, so it is not asked: {}", reach.test.full_name());
    }
    println!("{} tests, {} of them cannot be asked", all.len(), broken.len());
    fs::copy(places.work.join("plan.json"), places.work.join("reach-plan.json"))?;
    fs::write(&kept, serde_json::to_vec(&all)?)?;
    Ok(())
}

/// What an earlier recording says of the tests that are still there and have none of `parts` in their
/// names, in the numbers of today's mutants. A mutant that is new is taken to be reached by the tests
/// that reached its function.
fn known(places: &Places, parts: &[&str]) -> Outcome<Vec<Reach>> {
    let of_then = fs::read(places.work.join("reach-plan.json"))?;
    let of_then: Vec<Mutant> = serde_json::from_slice(&of_then)?;
    let now = run::plan(places)?;
    let ids: BTreeMap<String, u32> = now.iter().map(|it| (it.name(), it.id)).collect();
    let old: BTreeSet<String> = of_then.iter().map(Mutant::name).collect();
    let mut new: BTreeMap<(&str, &str), Vec<u32>> = BTreeMap::new();
    for mutant in now.iter().filter(|mutant| !old.contains(&mutant.name())) {
        new.entry((&mutant.file, &mutant.function)).or_default().push(mutant.id);
    }
    let of_old: BTreeMap<u32, Vec<u32>> = of_then
        .iter()
        .map(|mutant| {
            let same = ids.get(&mutant.name()).copied();
            let here = new.get(&(mutant.file.as_str(), mutant.function.as_str()));
            (mutant.id, same.into_iter().chain(here.into_iter().flatten().copied()).collect())
        })
        .collect();
    let there: BTreeSet<Test> = tests::list(places)?.into_iter().collect();
    let mut known = read(places)?;
    known.retain(|reach| {
        let name = reach.test.full_name();
        there.contains(&reach.test) && !parts.iter().any(|part| name.contains(part))
    });
    for reach in &mut known {
        let today = reach.mutants.iter().filter_map(|id| of_old.get(id)).flatten();
        reach.mutants = today.copied().collect();
    }
    Ok(known)
}

pub(crate) fn read(places: &Places) -> Outcome<Vec<Reach>> {
    Ok(serde_json::from_slice(&fs::read(places.work.join("reach.json"))?)?)
}

/// One shard of the tests.
pub(crate) fn worker(places: &Places, shard: &str, shards: &str) -> Outcome<()> {
    let (own, shards): (usize, usize) = (shard.parse()?, shards.parse()?);
    let log = places.work.join(format!("reached-{shard}"));
    let mut out = File::create(places.work.join(format!("reach-{shard}.jsonl")))?;
    // Longer than any of them takes, on a busy machine too.
    let limit = Duration::from_secs(300);
    let known: Vec<Reach> = serde_json::from_slice(&fs::read(places.work.join("known.json"))?)?;
    let known: BTreeSet<&Test> = known.iter().map(|reach| &reach.test).collect();
    let table = Table::read()?;
    let asked = tests::list(places)?.into_iter().filter(|test| table.asks(&test.full_name()));
    let unknown = asked.filter(|test| !known.contains(test));
    for (n, test) in unknown.enumerate() {
        if n % shards != own {
            continue;
        }
        fs::write(&log, "")?;
        set(places, &format!("record {}", log.display()))?;
        let started = Instant::now();
        let end = tests::run(&places.tree(), &test.binary, &[&test.name], limit)?;
        let millis = u64::try_from(started.elapsed().as_millis())?;
        let mutants = fs::read_to_string(&log)?.lines().filter_map(|id| id.parse().ok()).collect();
        let passed = matches!(end, End::Passed);
        writeln!(out, "{}", serde_json::to_string(&Reach { test, millis, passed, mutants })?)?;
    }
    set(places, "")
}

/// Turns the switch that this process sees. The file is written in place: it is a mount.
pub(crate) fn set(places: &Places, to: &str) -> Outcome<()> {
    let mut file = OpenOptions::new().write(true).truncate(true).open(places.switch())?;
    Ok(file.write_all(to.as_bytes())?)
}
