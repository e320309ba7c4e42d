//! (b) A durable write: whole-process `token add`, beside a one-row insert by the `sqlite3`
//! command line.

use std::process::Command;

use super::measured_store::MeasuredStore;
use super::plain;
use super::race::Race;
use crate::Outcome;

const ROUNDS: usize = 201;
const ROWS: usize = 1000;

pub(crate) fn run() -> Outcome {
    let lab = MeasuredStore::new()?;
    drop(lab.fill(ROWS)?);
    let mut n = ROWS;
    let mut race = Race::default();
    for journal in ["wal", "delete"] {
        let path = lab.path(&format!("{journal}.db"));
        plain::table(&path, journal, ROWS)?;
        let mut n = ROWS;
        race.program(
            format!("sqlite3 INSERT, {}", journal.to_uppercase()),
            move || {
                n += 1;
                let blob = "07".repeat(plain::BLOB);
                let sql = format!(
                    "INSERT INTO item VALUES (CAST('{}' AS BLOB), x'{blob}')",
                    plain::key(n)
                );
                let mut command = Command::new("sqlite3");
                command.arg(&path).arg(sql);
                command
            },
        );
    }
    race.program("hallpass token add", || {
        n += 1;
        let mut command = lab.hallpass();
        command.args([
            "token",
            "add",
            &format!("p0/n{n}"),
            "--connection",
            "hr",
            "--quiet",
        ]);
        command
    });
    race.run(ROUNDS)?;
    race.report("(b) one durable write, whole process");
    println!();
    race.compare("hallpass token add", "sqlite3 INSERT, DELETE");
    Ok(())
}
