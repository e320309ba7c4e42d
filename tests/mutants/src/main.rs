//! Takes the protections of hallpass out one by one, and reports which test notices.
//!
//! All mutants are compiled into one copy of the tree (`target/mutants/tree`), each behind a switch,
//! so that the program is built once and not once for each of them. Which tests reach a mutant is
//! recorded first; then each mutant is switched on alone, and the tests of its modules that reach it
//! run until one fails. `README.md` beside this file has the command and the rules.

mod build;
mod find;
mod reach;
mod report;
mod run;
mod switch;
mod table;
mod tests;
mod write;

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

/// Whatever goes wrong ends the run with a sentence.
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Where things are.
#[derive(Debug, Clone)]
struct Places {
    /// The project.
    project: PathBuf,
    /// What this program keeps, below the project's `target`.
    work: PathBuf,
}

impl Places {
    fn of_project() -> Self {
        let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let project = here.ancestors().nth(2).map_or_else(|| here.clone(), PathBuf::from);
        let work = project.join("target/mutants");
        let work = work.canonicalize().unwrap_or(work);
        Self { project, work }
    }

    /// The copy of the project with all mutants in it.
    fn tree(&self) -> PathBuf {
        self.work.join("tree")
    }

    /// The file that says which mutant is switched on; each worker sees one of its own here.
    fn switch(&self) -> PathBuf {
        self.work.join("switch")
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let places = Places::of_project();
    let outcome = match words.as_slice() {
        [] => all(&places),
        ["plan"] => plan(&places),
        ["reach", parts @ ..] => reach::record(&places, parts),
        ["run", parts @ ..] => run::shards(&places, parts),
        ["report"] => report::write(&places),
        ["show", part] => report::show(&places, part),
        ["worker", shard, shards, parts @ ..] => run::worker(&places, shard, shards, parts),
        ["reach-worker", shard, shards] => reach::worker(&places, shard, shards),
        _ => Err("usage: hallpass-mutants [plan|reach [TEST]...|run [--quick] [PART]...|report|show PART]".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mutants: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Every step; what an earlier run has finished is not done again, unless the sources changed.
fn all(places: &Places) -> Outcome<()> {
    plan(places)?;
    reach::record(places, &[])?;
    run::shards(places, &[])?;
    report::write(places)
}

/// Finds the mutants, and builds the tree with those that compile.
fn plan(places: &Places) -> Outcome<()> {
    fs::create_dir_all(&places.work)?;
    build::until_it_compiles(places)
}
