//! `modules.toml`: which files are mutated, how many of their mutants must be caught, and by the tests of
//! which modules; and which mutants are excused, with the reason.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::Outcome;

/// The table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    pub(crate) part: Vec<Part>,
    #[serde(default)]
    pub(crate) exception: Vec<Exception>,
}

/// Files that belong together.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Part {
    /// Files and folders below `src`.
    pub(crate) files: Vec<String>,
    /// The first words of the names of tests that may catch a mutant of them.
    pub(crate) tests: Vec<String>,
    /// The least share that must be caught, in percent.
    pub(crate) goal: u32,
}

impl Part {
    /// Whether a test of that name may catch a mutant of this part.
    pub(crate) fn may_ask(&self, test: &str) -> bool {
        self.tests.iter().any(|module| test.starts_with(module.as_str()))
    }
}

/// A mutant that no test can catch.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exception {
    /// As the report names it.
    pub(crate) mutant: String,
    pub(crate) reason: String,
}

impl Table {
    pub(crate) fn read() -> Outcome<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("modules.toml");
        Ok(toml::from_str(&fs::read_to_string(path)?)?)
    }

    /// The part that a file below `src` belongs to.
    pub(crate) fn part_of(&self, file: &str) -> Option<&Part> {
        let below = |name: &String| {
            let folder = name.trim_end_matches(".rs");
            file.trim_end_matches(".rs") == folder
                || file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        };
        self.part.iter().find(|part| part.files.iter().any(below))
    }

    /// Whether a test of that name may catch a mutant of any part.
    pub(crate) fn asks(&self, test: &str) -> bool {
        let of_part = |part: &Part| part.may_ask(test);
        self.part.iter().any(of_part)
    }

    pub(crate) fn reason(&self, mutant: &str) -> Option<&str> {
        let found = self.exception.iter().find(|exception| exception.mutant == mutant);
        found.map(|exception| exception.reason.as_str())
    }
}
