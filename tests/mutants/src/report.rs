//! Writes down what came of it: `result.md` beside this program.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::find::Mutant;
use crate::run::{self, Caught};
use crate::table::Table;
use crate::{Outcome, Places};

#[derive(Default)]
struct Count {
    all: usize,
    caught: usize,
    excused: usize,
}

impl Count {
    fn share(&self) -> f64 {
        let all = self.all - self.excused;
        if all == 0 { 100.0 } else { 100.0 * self.caught as f64 / all as f64 }
    }
}

/// The table of the result; an error if a goal is missed.
pub(crate) fn write(places: &Places) -> Outcome<()> {
    let table = Table::read()?;
    let plan = run::plan(places)?;
    let tried: BTreeMap<String, Caught> =
        run::tried(places)?.into_iter().map(|tried| (tried.name, tried.outcome)).collect();
    let (mut counts, mut left, mut excused) =
        (BTreeMap::<&str, Count>::new(), Vec::new(), Vec::new());
    for mutant in &plan {
        let Some(part) = table.part_of(&mutant.file) else { continue };
        let key = part.files.first().map_or("", String::as_str);
        let count = counts.entry(key).or_default();
        count.all += 1;
        let name = mutant.name();
        match tried.get(&name) {
            Some(Caught::By(_) | Caught::Late) => count.caught += 1,
            other => match table.reason(&name) {
                Some(reason) => {
                    count.excused += 1;
                    excused.push((name, reason));
                }
                None => left.push((mutant, name, other)),
            },
        }
    }
    let mut text = String::from(HEAD);
    for part in &table.part {
        let Some(key) = part.files.first() else { continue };
        let count = counts.remove(key.as_str()).unwrap_or_default();
        writeln!(
            text,
            "| {} | {} | {} | {} | {:.1} % | {} % |",
            part.files.join(", "),
            count.all,
            count.caught,
            count.excused,
            count.share(),
            part.goal
        )?;
    }
    text.push_str("\n## Not caught\n\n");
    for (mutant, name, outcome) in &left {
        writeln!(text, "- {}: {}", line(mutant, name), words(*outcome))?;
    }
    text.push_str("\n## Excused\n\n");
    for (name, reason) in &excused {
        writeln!(text, "- {name}: {reason}")?;
    }
    fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("result.md"), &text)?;
    print!("{text}");
    Ok(())
}

/// The mutants whose name has `part` in it, and what came of each.
pub(crate) fn show(places: &Places, part: &str) -> Outcome<()> {
    let tried: BTreeMap<String, Caught> =
        run::tried(places)?.into_iter().map(|tried| (tried.name, tried.outcome)).collect();
    for mutant in run::plan(places)? {
        let name = mutant.name();
        if name.contains(part) {
            println!("{}: {:?}", line(&mutant, &name), tried.get(&name));
        }
    }
    Ok(())
}

const HEAD: &str = "# Mutants\n\n\
    What `tests/mutants` (see its README.md) last found. A mutant is *caught* if a test of its modules fails, or\n\
    does not end, while it is switched on.\n\n\
    | Files | Mutants | Caught | Excused | Share | Goal |\n|---|---|---|---|---|---|\n";

fn line(mutant: &Mutant, name: &str) -> String {
    let (file, rest) = name.split_once(' ').unwrap_or((name, ""));
    format!("{file}:{} {rest}", mutant.line)
}

fn words(outcome: Option<&Caught>) -> String {
    match outcome {
        None => "not tried".to_owned(),
        Some(Caught::Unreached) => "no test gets there".to_owned(),
        Some(Caught::Survived(tests)) => format!("{tests} tests passed"),
        Some(Caught::Undecided) => "quick tests passed, the others were not run".to_owned(),
        Some(Caught::By(test)) => format!("caught by {test}"),
        Some(Caught::Late) => "too late".to_owned(),
    }
}
