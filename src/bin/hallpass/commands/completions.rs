//! `hallpass completions`.

use crate::cli;
use crate::cli::top::Completions;
use crate::failure::Failure;
use crate::report;

/// Prints the completions of a shell. They name commands and options, and never open the store.
pub(super) fn run(args: &Completions) -> Result<(), Failure> {
    let Completions { shell } = args;
    let mut script = Vec::new();
    clap_complete::generate(*shell, &mut cli::definitions(), "hallpass", &mut script);
    report::raw(&script)
}
