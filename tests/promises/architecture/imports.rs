//! Which module may import what, and that no file imports itself by way of others.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};

use super::graph::{self, Graph};
use super::{LONGEST_FILE, code};
use crate::promises::root;

/// Which modules a module may import: its name below `src`, and theirs. A file belongs to the longest
/// name that fits; a name covers all below it that has no line of its own. Re-exports count for the
/// file that defines the item.
const IMPORTS: &[(&str, &[&str])] = &[
    ("lib", &[]),
    // The ground floor imports nothing of ours.
    ("bounded", &[]),
    ("clock", &[]),
    ("entropy", &[]),
    ("files", &[]),
    ("html", &[]),
    ("kind", &[]),
    ("process", &[]),
    ("secret", &[]),
    ("sys", &[]),
    // Plain data, primitives, bytes.
    ("model", &["clock", "entropy", "secret"]),
    ("crypto", &["entropy", "secret", "sys"]),
    ("backend", &["bounded", "files", "kind", "sys"]),
    (
        "error",
        &[
            "backend/fault",
            "crypto",
            "entropy",
            "files",
            "kind",
            "model",
        ],
    ),
    // The barrier. Only its schema knows which nouns there are; who calls it may name the rest.
    (
        "barrier",
        &[
            "backend",
            "barrier/rows",
            "barrier/schema",
            "barrier/unlocking",
            "crypto",
            "entropy",
            "error",
            "files",
            "model",
            "secret",
        ],
    ),
    (
        "barrier/rows",
        &["backend", "barrier/store_id", "crypto", "error", "model"],
    ),
    (
        "barrier/unlocking",
        &[
            "backend",
            "barrier/rows",
            "barrier/store_id",
            "crypto",
            "entropy",
            "error",
            "model",
            "secret",
        ],
    ),
    (
        "barrier/schema",
        &[
            "backend",
            "barrier/rows",
            "barrier/store_id",
            "barrier/unlocking",
            "crypto",
            "error",
            "model",
        ],
    ),
    // What stands next to the operations.
    ("scan", &["barrier/unlocking", "model"]),
    (
        "mail",
        &["files", "html", "model", "process", "secret", "sys"],
    ),
    // An open store, records in it, delivery of secrets, verbs.
    ("core", &["barrier", "clock", "entropy", "error", "model"]),
    (
        "ops",
        &[
            "backend",
            "barrier",
            "clock",
            "core",
            "crypto",
            "error",
            "kind",
            "mail",
            "model",
            "ops/delivery",
            "ops/records",
            "secret",
        ],
    ),
    // A store is opened for the operations.
    (
        "open",
        &["backend", "barrier", "core", "error", "ops/records/upkeep"],
    ),
    (
        "ops/records",
        &[
            "backend/fault",
            "barrier",
            "clock",
            "crypto",
            "error",
            "model",
            "secret",
        ],
    ),
    (
        "ops/delivery",
        &[
            "backend/fault",
            "barrier",
            "core",
            "error",
            "kind",
            "model",
            "ops/records",
            "secret",
        ],
    ),
    // The server, which is one more front end.
    (
        "http",
        &[
            "backend",
            "barrier",
            "bounded",
            "clock",
            "core",
            "crypto",
            "entropy",
            "error",
            "files",
            "kind",
            "mail/mailer",
            "model",
            "open",
            "ops",
            "scan",
            "secret",
            "sys",
        ],
    ),
    // The program: what can be typed names nothing of the rest of it.
    ("bin/hallpass/cli", &["http", "model", "ops", "secret"]),
    (
        "bin/hallpass",
        &[
            "backend",
            "barrier",
            "bin/hallpass/cli",
            "bounded",
            "clock",
            "core",
            "crypto",
            "entropy",
            "error",
            "files",
            "html",
            "http",
            "kind",
            "mail",
            "model",
            "open",
            "ops",
            "process",
            "scan",
            "secret",
            "sys",
        ],
    ),
];

/// Whether `file` is the module `name` or below it.
fn is_in(file: &str, name: &str) -> bool {
    file.strip_prefix(name)
        .is_some_and(|rest| rest.starts_with(['/', '.']))
}

/// The module of a table that a file belongs to, and what it may import.
fn module_of<'a>(
    table: &'a [(&'a str, &'a [&'a str])],
    file: &str,
) -> Option<&'a (&'a str, &'a [&'a str])> {
    let modules = table.iter().filter(|(name, _)| is_in(file, name));
    modules.max_by_key(|(name, _)| name.len())
}

/// Imports that a table does not allow, and modules of it that are not there.
fn strays(graph: &Graph, table: &[(&str, &[&str])]) -> Vec<String> {
    let mut strays = Vec::new();
    for (name, _) in table {
        if !graph.files().iter().any(|file| is_in(file, name)) {
            strays.push(format!("there is no module {name}"));
        }
    }
    for (file, imports) in &graph.imports {
        let Some(module) = module_of(table, file) else {
            strays.push(format!("{file} is in no module of the table"));
            continue;
        };
        for import in imports {
            let own = module_of(table, import).is_some_and(|other| other.0 == module.0);
            if !own && !module.1.iter().any(|allowed| is_in(import, allowed)) {
                strays.push(format!("{file} imports {import}"));
            }
        }
    }
    strays
}

#[test]
fn modules_import_what_the_table_says() {
    let graph = Graph::of(&root().join("src"));
    let imports: usize = graph.imports.values().map(BTreeSet::len).sum();
    assert!(
        imports > 1000,
        "only {imports} imports were found, so the search for them is wrong"
    );
    let strays = strays(&graph, IMPORTS);
    assert!(strays.is_empty(), "{strays:#?}");
}

#[test]
fn no_file_imports_itself_by_way_of_others() {
    let graph = Graph::of(&root().join("src"));
    let cycles = graph.cycles();
    assert!(cycles.is_empty(), "{cycles:#?}");
}

#[test]
fn parents_of_operations_and_of_the_barrier_only_pass_on() {
    let graph = Graph::of(&root().join("src"));
    let full: Vec<_> = graph
        .full_parents()
        .into_iter()
        .filter(|file| file.starts_with("ops"))
        .collect();
    assert!(full.is_empty(), "{full:#?}");
}

/// A small program of files and their texts.
fn graph_of(files: &[(&str, &str)]) -> Graph {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    Graph::of(folder.path())
}

#[test]
fn a_cycle_is_found_also_by_way_of_a_facade_and_in_the_program() {
    let library = ("lib.rs", "pub mod noun; pub mod shared;");
    let facade = (
        "noun.rs",
        "mod one; mod two; pub use one::One; pub use two::Two;",
    );
    let two = ("noun/two.rs", "pub struct Two;");
    let shared = ("shared.rs", "pub struct Shared;");
    let straight = (
        "noun/one.rs",
        "use super::Two; use crate::shared::Shared; pub struct One(Two, Shared);",
    );
    let graph = graph_of(&[library, facade, straight, two, shared]);
    assert_eq!(
        graph.imports["noun/one.rs"],
        BTreeSet::from(["noun/two.rs".into(), "shared.rs".into()])
    );
    assert!(graph.cycles().is_empty());
    assert_eq!(
        strays(
            &graph,
            &[("noun", &["shared"]), ("shared", &[]), ("lib", &[])]
        ),
        [""; 0]
    );
    assert_eq!(
        strays(&graph, &[("noun", &[]), ("shared", &[]), ("lib", &[])]),
        ["noun/one.rs imports shared.rs"]
    );
    for back in [
        "use crate::noun::One; pub struct Shared(One);",
        "use super::noun; pub struct Shared(noun::One);",
        "pub fn shared() { vec![crate::noun::One::default()]; }",
        "use crate::{noun::{self as other}}; pub struct Shared(other::One);",
    ] {
        let graph = graph_of(&[library, facade, straight, two, ("shared.rs", back)]);
        assert_eq!(
            graph.cycles(),
            BTreeSet::from([vec!["noun/one.rs", "shared.rs"]]),
            "{back}"
        );
    }
    let graph = graph_of(&[
        ("lib.rs", "pub mod shared;"),
        shared,
        (
            "bin/hallpass/main.rs",
            "mod ask; mod show; fn main() { ask::ask(); }",
        ),
        (
            "bin/hallpass/ask.rs",
            "use hallpass::shared::Shared; pub fn ask() { crate::show::show(); }",
        ),
        (
            "bin/hallpass/show.rs",
            "use crate::ask::ask; pub fn show() { ask() }",
        ),
    ]);
    assert_eq!(graph.imports["bin/hallpass/ask.rs"].len(), 2);
    assert_eq!(graph.cycles().len(), 1);
}

/// The counts of `docs/architecture.md`:
/// `cargo test --test all promises::architecture::imports::counts -- --ignored --nocapture`.
#[test]
#[ignore = "it prints what is counted"]
fn counts() {
    let graph = Graph::of(&root().join("src"));
    let texts: Vec<(&str, String)> = graph
        .files()
        .into_iter()
        .map(|file| {
            (
                file,
                fs::read_to_string(root().join("src").join(file)).unwrap(),
            )
        })
        .collect();
    let lines = |text: &str| text.lines().count();
    let (longest, text) = texts.iter().max_by_key(|(_, text)| lines(text)).unwrap();
    let code: Vec<String> = texts.iter().map(|(_, text)| code(text)).collect();
    let tokens: usize = code.iter().map(|code| graph::tokens(code)).sum();
    let filled = |code: &String| code.lines().filter(|line| !line.trim().is_empty()).count();
    let filled: usize = code.iter().map(filled).sum();
    #[expect(
        clippy::cast_precision_loss,
        reason = "no repository has so many tokens"
    )]
    let tokens_a_line = tokens as f64 / filled as f64;
    let report = format!(
        "files {}\ncycles {}\nlargest file {longest}, {} lines\ntokens a line {:.1}\ntype names used twice {}\n",
        texts.len(),
        graph.cycles().len(),
        lines(text),
        tokens_a_line,
        graph.repeated_types().len(),
    );
    io::stdout().write_all(report.as_bytes()).unwrap();
    assert!(lines(text) <= LONGEST_FILE);
}
