//! Records which test reaches which mutant, and how long it takes.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::tests::{self, End, Test};
use crate::{Outcome, Places};

/// What one test does.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Reach {
    pub(crate) test: Test,
    pub(crate) millis: u64,
    pub(crate) passed: bool,
    pub(crate) mutants: BTreeSet<u32>,
}

/// How many mutants are tried at once.
pub(crate) fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Starts one worker for each processor, each with a switch of its own: a file that is mounted over the one
/// that the mutated program reads, in a namespace of the worker's (this needs root).
pub(crate) fn in_shards(places: &Places, task: &str) -> Outcome<()> {
    let shards = processors();
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

/// Runs each test once, and keeps what it reached.
pub(crate) fn record(places: &Places) -> Outcome<()> {
    let plan = fs::metadata(places.work.join("plan.json"))?.modified()?;
    let kept = places.work.join("reach.json");
    if fs::metadata(&kept).and_then(|data| data.modified()).is_ok_and(|at| at > plan) {
        return Ok(());
    }
    in_shards(places, "reach-worker")?;
    let mut all: Vec<Reach> = Vec::new();
    for shard in 0..processors() {
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
    fs::write(&kept, serde_json::to_vec(&all)?)?;
    Ok(())
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
    for (n, test) in tests::list(places)?.into_iter().enumerate() {
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
