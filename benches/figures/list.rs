//! (d) A scan: whole-process `token list` of 10,000 and of 100,000 tokens, which must take ten times
//! as long and no more; its first row, which must not wait for the last; beside the `sqlite3` command line printing as many rows of plain text.

use std::process::Command;

use super::measured_store::MeasuredStore;
use super::plain;
use super::race::{Race, until_printed};
use crate::Outcome;

const ROUNDS: usize = 11;

pub(crate) fn run() -> Outcome {
    let (few, many) = (filled(10_000)?, filled(100_000)?);
    let mut race = Race::default();
    for (name, lab) in [(PLAIN, &many), ("sqlite3 -json, 10,000 rows", &few)] {
        let path = lab.path("plain.db");
        race.program(name, move || {
            let mut command = Command::new("sqlite3");
            command
                .arg("-json")
                .arg(&path)
                .arg("SELECT key, hex(value) FROM item");
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
    race.program(TABLE, || {
        let mut command = many.hallpass();
        command.args(["token", "list"]);
        command
    });
    race.run(ROUNDS)?;
    race.report("(d) a scan, whole process");
    println!();
    race.compare(LARGE, SMALL);
    first_rows(&many)
}

/// The first row of a long list, beside the whole of a list of one page.
fn first_rows(many: &MeasuredStore) -> Outcome {
    let page = filled(PAGE)?;
    for format in ["json", "table"] {
        let list = |lab: &MeasuredStore| {
            let mut command = lab.hallpass();
            command.args(["token", "list", "--output", format]);
            command
        };
        // The end of the first object; the line of headings, and the first below it.
        let (byte, count) = if format == "json" {
            (b'}', 1)
        } else {
            (b'\n', 2)
        };
        let mut race = Race::default();
        race.program("a list of 1,000 tokens, one page", || list(&page));
        race.entrant("the first row of 100,000", || {
            until_printed(&mut list(many), byte, count)
        });
        race.run(ROUNDS)?;
        race.report(&format!("(d) the first row, `--output {format}`"));
    }
    Ok(())
}

/// As many tokens as are put in order before the first is shown.
const PAGE: usize = 1000;
const TABLE: &str = "hallpass token list, 100,000, as a table";

const PLAIN: &str = "sqlite3 -json, 100,000 rows";
const SMALL: &str = "hallpass token list, 10,000 tokens";
const LARGE: &str = "hallpass token list, 100,000 tokens";

fn filled(tokens: usize) -> Outcome<MeasuredStore> {
    let lab = MeasuredStore::new()?;
    drop(lab.fill(tokens)?);
    plain::table(&lab.path("plain.db"), "wal", tokens)?;
    Ok(lab)
}
