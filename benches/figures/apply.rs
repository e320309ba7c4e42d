//! (f) A declaration of 1,000 profiles with 10,000 tokens, brought about in one run: whole-process
//! `apply`, each token in a file of its own, beside a plain program that puts as many files in place
//! as safely; and the second run, which changes nothing.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::measured_store::MeasuredStore;
use super::race::{Race, whole_process};
use crate::Outcome;

const ROUNDS: usize = 5;
const PROFILES: usize = 1000;
const TOKENS_EACH: usize = 10;

pub(crate) fn run() -> Outcome {
    let done = declared()?;
    whole_process(&mut apply(&done), 0)?;
    let mut race = Race::default();
    race.entrant(PLAIN, files);
    race.entrant(FIRST, || {
        let lab = declared()?;
        whole_process(&mut apply(&lab), 0)
    });
    race.program(AGAIN, || apply(&done));
    race.run(ROUNDS)?;
    race.report("(f) 1,000 profiles with 10,000 tokens, declared in one file");
    Ok(())
}

const PLAIN: &str = "10,000 files, written, forced, renamed";
const FIRST: &str = "hallpass apply, each token in a file";
const AGAIN: &str = "hallpass apply, the second run";

fn apply(lab: &MeasuredStore) -> Command {
    let mut command = lab.hallpass();
    command.arg("apply").arg(lab.path("declared.toml"));
    command
}

/// A new store, and a file that declares what is to be in it.
fn declared() -> Outcome<MeasuredStore> {
    let lab = MeasuredStore::new()?;
    drop(lab.found(0)?);
    fs::DirBuilder::new()
        .mode(0o700)
        .create(lab.path("tokens"))?;
    let mut text = String::new();
    for profile in 0..PROFILES {
        writeln!(text, "[profiles.p{profile}]\nconnections = [\"hr\"]")?;
        for token in 0..TOKENS_EACH {
            writeln!(
                text,
                "tokens.t{token}.to = \"file:tokens/{profile}-{token}\""
            )?;
        }
    }
    fs::write(lab.path("declared.toml"), text)?;
    Ok(lab)
}

/// What a careful script would do: each file is whole and on the disk before it has its name, and so is the
/// name.
fn files() -> Outcome<Duration> {
    let lab = MeasuredStore::new()?;
    let folder = lab.path("tokens");
    fs::DirBuilder::new().mode(0o700).create(&folder)?;
    let start = Instant::now();
    for n in 0..PROFILES * TOKENS_EACH {
        place(&folder, n)?;
    }
    Ok(start.elapsed())
}

fn place(folder: &Path, n: usize) -> Outcome {
    let draft = folder.join(format!(".{n}.new"));
    let mut file = File::create_new(&draft)?;
    file.write_all(&[b'x'; 57])?;
    file.sync_all()?;
    fs::rename(draft, folder.join(n.to_string()))?;
    Ok(File::open(folder)?.sync_all()?)
}
