//! What hallpass costs beside plain `SQLite`, as ratios within one run (`benches/README.md`).
#![expect(
    clippy::disallowed_macros,
    clippy::print_stdout,
    reason = "a bench prints its figures"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "a bench reads the clock and the environment"
)]

mod figures {
    pub(crate) mod add;
    pub(crate) mod apply;
    pub(crate) mod bulk;
    pub(crate) mod identify;
    pub(crate) mod list;
    pub(crate) mod measured_store;
    pub(crate) mod plain;
    pub(crate) mod race;
    #[cfg(feature = "server")]
    pub(crate) mod serve;
    #[cfg(feature = "server")]
    pub(crate) mod timing;
    pub(crate) mod verify;
}

use figures::{add, apply, bulk, identify, list, verify};

/// Any failure ends the run: there is nothing to do about it.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|it| !it.starts_with("--"))
        .collect();
    #[cfg(feature = "server")]
    if words == ["hello"] {
        return figures::serve::hello_server();
    }
    let wanted = |name: &str| words.is_empty() || words.iter().any(|word| word == name);
    if wanted("verify") {
        verify::run()?;
    }
    if wanted("add") {
        add::run()?;
    }
    if wanted("bulk") {
        bulk::run()?;
    }
    if wanted("list") {
        list::run()?;
    }
    if wanted("identify") {
        identify::run()?;
    }
    if wanted("apply") {
        apply::run()?;
    }
    #[cfg(feature = "server")]
    if wanted("serve") {
        figures::serve::run()?;
    }
    // Only if it is asked for: minutes for an answer that is no ratio.
    #[cfg(feature = "server")]
    if words == ["timing"] {
        figures::timing::run()?;
    }
    Ok(())
}
