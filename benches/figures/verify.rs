//! (a) A look-up: whole-process `verify` with a key file, beside a minimal program that opens an
//! `SQLite` file and does one indexed look-up.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use hallpass::clock::FixedClock;
use hallpass::model::time::Span;
use hallpass::model::token::Token;
use hallpass::ops::verify::{Asked, judge, touch};

use super::measured_store::MeasuredStore;
use super::plain::{self, Linked};
use super::race::Race;
use crate::Outcome;

const ROUNDS: usize = 301;
const FEW: usize = 10;
const MANY: usize = 100_000;

pub(crate) fn run() -> Outcome {
    let (few, many) = (Store::new(FEW)?, Store::new(MANY)?);
    let mut race = Race::default();
    for linked in [Linked::Dynamically, Linked::Statically] {
        let program = few.lab.install(&plain::lookup(linked)?, linked.name())?;
        for (journal, store) in [("WAL", &few), ("DELETE", &few), ("WAL", &many)] {
            let (program, file) = (program.clone(), store.plain(journal)?);
            let name = format!("look-up, {}, {journal}, {} rows", linked.name(), store.size);
            race.program(name, move || {
                let mut command = Command::new(&program);
                command.arg(&file).arg(plain::key(3));
                command
            });
        }
    }
    race.program(SMALL, || few.verify());
    race.program(LARGE, || many.verify());
    race.run(ROUNDS)?;
    race.report("(a) one look-up, whole process");
    println!();
    for linked in [Linked::Dynamically, Linked::Statically] {
        for journal in ["WAL", "DELETE"] {
            let name = format!("look-up, {}, {journal}, {FEW} rows", linked.name());
            race.compare(SMALL, &name);
        }
    }
    race.compare(LARGE, SMALL);
    Ok(())
}

const SMALL: &str = "hallpass verify, 10 tokens";
const LARGE: &str = "hallpass verify, 100,000 tokens";

/// A store, a token of it in a file, and a plain file of as many rows.
struct Store {
    lab: MeasuredStore,
    size: usize,
    token: PathBuf,
}

impl Store {
    fn new(size: usize) -> Outcome<Self> {
        let lab = MeasuredStore::new()?;
        let (mut core, issued) = lab.fill(size)?;
        let one = issued.get(size / 2).ok_or("no token")?;
        let text = one.secret.expose();
        let token = Token::parse(text)?;
        // Used in an hour's time, so that no last-used is due while this runs.
        core.clock = Box::new(FixedClock::new(core.now().plus(Span::HOUR)));
        let verdict = judge(&mut core, &token, &Asked::default())?;
        touch(&mut core, &verdict);
        let path = lab.path("token");
        fs::write(&path, text)?;
        Ok(Self {
            lab,
            size,
            token: path,
        })
    }

    fn verify(&self) -> Command {
        let mut command = self.lab.hallpass();
        command
            .args(["verify", "--connection", "hr", "--token-file"])
            .arg(&self.token);
        command
    }

    fn plain(&self, journal: &str) -> Outcome<PathBuf> {
        let path = self.lab.path(&format!("{journal}.db"));
        if !path.exists() {
            plain::table(&path, journal, self.size)?;
        }
        Ok(path)
    }
}
