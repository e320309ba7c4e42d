//! `hallpass serve`.

mod check;
mod options;
mod program;
mod run;
mod start_error;

pub(super) use run::run;
