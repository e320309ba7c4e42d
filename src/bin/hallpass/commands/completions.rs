//! `hallpass completions`.

use crate::cli::completion;
use crate::cli::top::Completions;
use crate::failure::Failure;
use crate::report;

/// Prints the script that makes a shell ask this program at each Tab.
pub(super) fn run(args: &Completions) -> Result<(), Failure> {
    let Completions { shell } = args;
    report::raw(&completion::script(*shell))
}
