//! Which module may import what, and which crate is named where: the tables of
//! `docs/architecture.md`.

mod graph;

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};

use graph::Graph;

use super::{files_below, root};

/// Crates and paths that may be named only under the given folders and files of `src`.
const HOMES: &[(&str, &[&str])] = &[
    // What talks with people and their machine.
    (
        "clap",
        &["bin/hallpass/cli", "bin/hallpass/settings/environment.rs", "bin/hallpass/usage.rs"],
    ),
    ("clap_complete", &["bin/hallpass/cli"]),
    ("comfy_table", &["bin/hallpass/output/table.rs"]),
    ("ctrlc", &["bin/hallpass/terminal"]),
    ("dialoguer", &["bin/hallpass/prompt"]),
    ("directories", &["bin/hallpass/settings"]),
    ("indicatif", &["bin/hallpass/progress.rs"]),
    ("pulldown_cmark", &["bin/hallpass/output/markdown.rs"]),
    ("rpassword", &["bin/hallpass/secrets.rs"]),
    ("strsim", &["bin/hallpass/hints"]),
    ("unicode_width", &["bin/hallpass/output/markdown.rs"]),
    ("zxcvbn", &["ops/password", "bin/hallpass/prompt"]),
    ("serde_json", &["bin/hallpass/output"]),
    ("serde_saphyr", &["bin/hallpass/declaration"]),
    ("toml", &["bin/hallpass/settings", "bin/hallpass/declaration"]),
    // The environment itself: its variables are read in one file (clippy.toml), arguments and the
    // program's own place in two others.
    (
        "std::env",
        &[
            "bin/hallpass/settings/environment.rs",
            "bin/hallpass/main.rs",
            "bin/hallpass/commands/demo/guide.rs",
        ],
    ),
    ("SystemTime", &["bin/hallpass/clock.rs"]),
    ("Instant", &[]),
    // Where bytes are kept.
    ("rusqlite", &["backend/sqlite"]),
    ("postcard", &["barrier"]),
    // Cryptography.
    ("argon2", &["crypto"]),
    ("chacha20poly1305", &["crypto"]),
    ("hmac", &["crypto"]),
    ("rand", &["entropy.rs"]),
    ("sha2", &["crypto"]),
    ("hkdf::Hkdf", &["crypto"]),
    ("subtle", &["crypto", "barrier"]),
    // What a value is made of.
    ("memchr", &["scan"]),
    ("crc32fast", &["barrier/unlocking/key_file.rs", "model/token"]),
    ("ipnet", &["model/address.rs"]),
    ("jiff", &["model/time"]),
    // Mail.
    ("mail_builder", &["mail/message.rs"]),
    ("rustls", &["mail/smtp"]),
    ("rustls_native_certs", &["mail/smtp"]),
    // The system.
    ("libc", &["sys"]),
    ("rustix", &["sys.rs", "barrier/anchor", "backend/sqlite", "bin/hallpass", "files", "mail"]),
];

/// Which modules a module may import: its name below `src`, and theirs. A file belongs to the longest
/// name that fits; a name covers all below it that has no line of its own. Re-exports count for the
/// file that defines the item.
const IMPORTS: &[(&str, &[&str])] = &[
    ("lib", &[]),
    // The ground floor imports nothing of ours.
    ("clock", &[]),
    ("entropy", &[]),
    ("files", &[]),
    ("kind", &[]),
    ("process", &[]),
    ("secret", &[]),
    ("sys", &[]),
    // Plain data, primitives, bytes.
    ("model", &["clock", "entropy", "secret"]),
    ("crypto", &["entropy", "secret", "sys"]),
    ("backend", &["files", "kind"]),
    ("error", &["backend/fault", "crypto", "entropy", "files", "kind", "model"]),
    // The barrier. Only its schema knows which nouns there are; who calls it may name the rest.
    ("barrier", &["backend", "crypto", "entropy", "error", "files", "model", "secret"]),
    ("barrier/rows", &["backend", "barrier/store_id", "crypto", "error", "model"]),
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
    ("mail", &["files", "model", "process", "secret", "sys"]),
    // An open store, records in it, delivery of secrets, verbs.
    ("core", &["barrier", "clock", "entropy", "error", "model"]),
    (
        "ops",
        &[
            "backend", "barrier", "clock", "core", "crypto", "error", "kind", "mail", "model",
            "secret",
        ],
    ),
    ("ops/records", &["backend/fault", "barrier", "clock", "crypto", "error", "model", "secret"]),
    ("ops/delivery", &["barrier", "core", "error", "model", "ops/records", "secret"]),
    // The program: what can be typed names nothing of the rest of it.
    ("bin/hallpass/cli", &["model", "ops", "secret"]),
    (
        "bin/hallpass",
        &[
            "backend", "barrier", "clock", "core", "crypto", "entropy", "error", "files", "kind",
            "mail", "model", "ops", "process", "scan", "secret", "sys",
        ],
    ),
];

/// Words that no code of the program but its tests may hold.
const NEVER: &[&str] = &[
    ".unwrap(",
    ".expect(",
    ".unwrap_err(",
    "panic!(",
    "todo!(",
    "unimplemented!(",
    "unreachable!(",
    "dbg!(",
    "print!(",
    "println!(",
    "eprint!(",
    "eprintln!(",
    "process::exit",
    "process::abort",
];

/// Where one of these stands all the same, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("bin/hallpass/prompt/interrupt.rs", "process::exit", "a signal ends the program"),
    ("crypto/kdf.rs", "unreachable!(", "one block of output cannot be too long"),
    ("crypto/seal.rs", "unreachable!(", "a frame cannot be too long for the cipher"),
];

const LONGEST_FILE: usize = 400;
const LONGEST_SYS: usize = 300;

/// A file of `src`: its place, and its code without comments and tests.
struct Source {
    place: String,
    code: String,
}

impl Source {
    fn is_in(&self, homes: &[&str]) -> bool {
        homes.iter().any(|home| {
            let rest = self.place.strip_prefix(home);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.']))
        })
    }
}

/// The program's own code. A folder or file of tests is none of it.
fn sources() -> Vec<Source> {
    let src = root().join("src");
    let all = files_below(&src).into_iter().filter_map(|path| {
        let place = path.strip_prefix(&src).unwrap().to_str().unwrap().to_owned();
        let is_test = place.ends_with("tests.rs") || place == "backend/conformance.rs";
        (!is_test).then(|| Source { place, code: code(&fs::read_to_string(&path).unwrap()) })
    });
    let all: Vec<_> = all.collect();
    assert!(all.len() > 100, "the search for sources is wrong");
    all
}

/// A file without its comments and without its tests, which come last.
fn code(text: &str) -> String {
    let lines = text.lines().take_while(|line| *line != "#[cfg(test)]");
    let lines = lines.filter(|line| !line.trim_start().starts_with("//"));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// Whether `word` is named in `code`: as a path of its own, not as part of a longer word.
fn names(code: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + word.len()..]);
        let begins = !before.ends_with(is_part)
            && (!before.ends_with("::") || before.ends_with("std::time::"));
        begins && (after.starts_with("::") || after.starts_with(';'))
    })
}

#[test]
fn a_crate_is_named_where_it_belongs() {
    let sources = sources();
    let mut strays = Vec::new();
    for (word, homes) in HOMES {
        let users: Vec<_> = sources.iter().filter(|it| names(&it.code, word)).collect();
        assert!(homes.is_empty() || !users.is_empty(), "nobody uses {word}: is it still needed?");
        let astray = users.iter().filter(|it| !it.is_in(homes));
        strays.extend(astray.map(|it| format!("{} names {word}", it.place)));
    }
    assert!(strays.is_empty(), "{strays:#?}");
}

/// Whether `file` is the module `name` or below it.
fn is_in(file: &str, name: &str) -> bool {
    file.strip_prefix(name).is_some_and(|rest| rest.starts_with(['/', '.']))
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
    assert!(imports > 1000, "only {imports} imports were found, so the search for them is wrong");
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
    let full: Vec<_> =
        graph.full_parents().into_iter().filter(|file| file.starts_with("ops")).collect();
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
    let facade = ("noun.rs", "mod one; mod two; pub use one::One; pub use two::Two;");
    let two = ("noun/two.rs", "pub struct Two;");
    let shared = ("shared.rs", "pub struct Shared;");
    let straight =
        ("noun/one.rs", "use super::Two; use crate::shared::Shared; pub struct One(Two, Shared);");
    let graph = graph_of(&[library, facade, straight, two, shared]);
    assert_eq!(
        graph.imports["noun/one.rs"],
        BTreeSet::from(["noun/two.rs".into(), "shared.rs".into()])
    );
    assert!(graph.cycles().is_empty());
    assert_eq!(strays(&graph, &[("noun", &["shared"]), ("shared", &[]), ("lib", &[])]), [""; 0]);
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
        assert_eq!(graph.cycles(), BTreeSet::from([vec!["noun/one.rs", "shared.rs"]]), "{back}");
    }
    let graph = graph_of(&[
        ("lib.rs", "pub mod shared;"),
        shared,
        ("bin/hallpass/main.rs", "mod ask; mod show; fn main() { ask::ask(); }"),
        (
            "bin/hallpass/ask.rs",
            "use hallpass::shared::Shared; pub fn ask() { crate::show::show(); }",
        ),
        ("bin/hallpass/show.rs", "use crate::ask::ask; pub fn show() { ask() }"),
    ]);
    assert_eq!(graph.imports["bin/hallpass/ask.rs"].len(), 2);
    assert_eq!(graph.cycles().len(), 1);
}

/// The counts of `docs/architecture.md`:
/// `cargo test --test all promises::architecture::counts -- --ignored --nocapture`.
#[test]
#[ignore = "it prints what is counted"]
fn counts() {
    let graph = Graph::of(&root().join("src"));
    let texts: Vec<(&str, String)> = graph
        .files()
        .into_iter()
        .map(|file| (file, fs::read_to_string(root().join("src").join(file)).unwrap()))
        .collect();
    let lines = |text: &str| text.lines().count();
    let (longest, text) = texts.iter().max_by_key(|(_, text)| lines(text)).unwrap();
    let code: Vec<String> = texts.iter().map(|(_, text)| code(text)).collect();
    let tokens: usize = code.iter().map(|code| graph::tokens(code)).sum();
    let filled = |code: &String| code.lines().filter(|line| !line.trim().is_empty()).count();
    let filled: usize = code.iter().map(filled).sum();
    let report = format!(
        "files {}\ncycles {}\nlargest file {longest}, {} lines\ntokens a line {:.1}\ntype names used twice {}\n",
        texts.len(),
        graph.cycles().len(),
        lines(text),
        tokens as f64 / filled as f64,
        graph.repeated_types().len(),
    );
    io::stdout().write_all(report.as_bytes()).unwrap();
    assert!(lines(text) <= LONGEST_FILE);
}

/// Standard output as it is takes new secrets alone; all else passes the mask that `report` puts before
/// it. Standard error has its own.
#[test]
fn only_new_secrets_are_printed_past_the_mask() {
    let names = |code: &str| code.contains("Stdout") && code.contains("stdio::");
    let users: Vec<_> = sources().into_iter().filter(|it| names(&it.code)).collect();
    let places: Vec<_> = users.iter().map(|it| it.place.as_str()).collect();
    let known = ["commands/recovery.rs", "delivery/descriptor.rs", "report.rs", "stdio.rs"];
    assert_eq!(places, known.map(|it| format!("bin/hallpass/{it}")));
    let report = users.iter().find(|it| it.place.ends_with("report.rs")).unwrap();
    assert_eq!(report.code.matches("Stdout").count(), 3, "the name, and where it is masked");
    assert!(report.code.contains("Masked::new(Stdout)"));
}

#[test]
fn definitions_of_commands_name_nothing_of_the_program() {
    let inside = |it: &&Source| it.is_in(&["bin/hallpass/cli"]);
    for source in sources().iter().filter(inside) {
        assert!(!source.code.contains("crate::"), "{}", source.place);
    }
}

#[test]
fn nothing_but_sys_is_unsafe() {
    for Source { place, code } in sources() {
        let is_unsafe = ["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern", "#[unsafe"];
        let found = is_unsafe.iter().find(|word| code.contains(**word));
        let is_sys = place == "sys.rs" || place.starts_with("sys/");
        assert_eq!(found.is_some(), is_sys, "{place}: {found:?}");
        let lines = fs::read_to_string(root().join("src").join(&place)).unwrap().lines().count();
        assert!(!is_sys || lines < LONGEST_SYS, "{place} has {lines} lines");
    }
    let main = fs::read_to_string(root().join("src/bin/hallpass/main.rs")).unwrap();
    assert!(main.contains("#![forbid(unsafe_code)]"));
}

#[test]
fn nothing_panics_prints_or_leaves_on_purpose() {
    let mut strays = Vec::new();
    for Source { place, code } in sources() {
        let words = NEVER.iter().filter(|word| {
            let excepted = |(at, it, _): &(_, _, _)| *at == place && it == *word;
            if EXCEPTIONS.iter().any(excepted) {
                assert!(code.contains(**word), "{place} no longer needs its exception");
                return false;
            }
            code.match_indices(*word).any(|(at, _)| {
                // `eprint!(` is not `print!(`, and a lint that forbids one names it.
                !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
                    && !code[..at].ends_with("disallowed_")
            })
        });
        strays.extend(words.map(|word| format!("{place}: {word}")));
    }
    assert!(strays.is_empty(), "{strays:#?}");
}

#[test]
fn no_file_is_too_long() {
    for folder in ["src", "tests", "benches"] {
        for path in files_below(&root().join(folder)) {
            if path.extension().is_some_and(|it| it == "rs") {
                let lines = fs::read_to_string(&path).unwrap().lines().count();
                assert!(lines <= LONGEST_FILE, "{} has {lines} lines", path.display());
            }
        }
    }
}

#[test]
fn a_folder_has_a_file_of_its_name_and_none_called_mod() {
    for path in files_below(&root().join("src")) {
        assert_ne!(path.file_name().unwrap(), "mod.rs", "{}", path.display());
        for word in ["util", "helpers", "common", "manager", "misc"] {
            let stem = path.file_stem().unwrap().to_str().unwrap();
            assert!(!stem.contains(word), "{}", path.display());
        }
    }
}
