//! (d) A scan: whole-process `token list` of 10,000 and of 100,000 tokens, which must take ten times
//! as long and no more, beside the `sqlite3` command line printing as many rows of plain text.

use std::process::Command;

use super::lab::Lab;
use super::plain;
use super::race::Race;
use crate::Outcome;

const ROUNDS: usize = 11;

pub(crate) fn run() -> Outcome {
    let (few, many) = (filled(10_000)?, filled(100_000)?);
    let mut race = Race::default();
    for (name, lab) in [(PLAIN, &many), ("sqlite3 -json, 10,000 rows", &few)] {
        let path = lab.path("plain.db");
        race.program(name, move || {
            let mut command = Command::new("sqlite3");
            command.arg("-json").arg(&path).arg("SELECT key, hex(value) FROM item");
            command
        });
    }
    for (name, lab) in [(SMALL, &few), (LARGE, &many)] {
        race.program(name, move || {
            let mut command = lab.hallpass();
            command.args(["token", "list", "--output", "jsonl"]);
            command
        });
    }
    race.run(ROUNDS)?;
    race.report("(d) a scan, whole process");
    println!();
    race.compare(LARGE, SMALL);
    Ok(())
}

const PLAIN: &str = "sqlite3 -json, 100,000 rows";
const SMALL: &str = "hallpass token list, 10,000 tokens";
const LARGE: &str = "hallpass token list, 100,000 tokens";

fn filled(tokens: usize) -> Outcome<Lab> {
    let lab = Lab::new()?;
    drop(lab.fill(tokens)?);
    plain::table(&lab.path("plain.db"), "wal", tokens)?;
    Ok(lab)
}
