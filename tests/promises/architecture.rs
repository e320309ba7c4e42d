//! Which module may import what, and which crate is named where: the tables of
//! `docs/architecture.md`.

mod graph;
mod imports;

use std::fs;

use super::{files_below, root};

/// Crates and paths that may be named only under the given folders and files of `src`.
const HOMES: &[(&str, &[&str])] = &[
    // What talks with people and their machine.
    (
        "clap",
        &[
            "bin/hallpass/cli",
            "bin/hallpass/settings/environment.rs",
            "bin/hallpass/usage.rs",
        ],
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
    ("serde_json", &["bin/hallpass/output", "http"]),
    ("serde_saphyr", &["bin/hallpass/declaration"]),
    (
        "toml",
        &["bin/hallpass/settings", "bin/hallpass/declaration"],
    ),
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
    // The clock of the runtime, which tests can stop: for timeouts, and for how long an answer took.
    ("Instant", &["backend/postgres", "http"]),
    // Where bytes are kept.
    ("rusqlite", &["backend/sqlite", "sys"]),
    // A snapshot packs its tokens as records are encoded.
    ("postcard", &["barrier", "ops/verify/snapshot/packed.rs"]),
    // Cryptography.
    ("argon2", &["crypto"]),
    ("chacha20poly1305", &["crypto"]),
    ("hmac", &["crypto"]),
    ("rand", &["entropy.rs"]),
    ("sha2", &["crypto"]),
    ("hkdf::Hkdf", &["crypto"]),
    ("subtle", &["crypto", "barrier"]),
    // Databases.
    ("futures_util", &["backend/postgres"]),
    ("tokio_postgres", &["backend/postgres"]),
    ("tokio_postgres_rustls", &["backend/postgres"]),
    // What a value is made of.
    ("memchr", &["scan"]),
    (
        "crc32fast",
        &["barrier/unlocking/key_file.rs", "model/token"],
    ),
    ("ipnet", &["model/address.rs"]),
    ("jiff", &["model/time"]),
    // Mail.
    ("mail_builder", &["mail/compose.rs"]),
    ("rustls", &["backend/postgres", "mail/smtp", "http"]),
    ("rustls_native_certs", &["backend/postgres", "mail/smtp"]),
    // The server.
    ("arc_swap", &["http"]),
    ("axum", &["http"]),
    ("http_body_util", &["http"]),
    ("hyper", &["http"]),
    ("hyper_util", &["http"]),
    ("prometheus_client", &["http"]),
    ("quick_xml", &["http/profit/soap"]),
    ("tokio", &["backend/postgres", "http"]),
    ("tokio_rustls", &["http"]),
    // The system.
    ("libc", &["sys"]),
    (
        "rustix",
        &[
            "sys.rs",
            "barrier/anchor",
            "backend/postgres/watch.rs",
            "backend/sqlite",
            "bin/hallpass",
            "files",
            "http",
            "mail",
            "process.rs",
            "sys/sockets.rs",
        ],
    ),
    ("sd_notify", &["bin/hallpass/commands/serve"]),
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
    (
        "bin/hallpass/terminal/interrupt.rs",
        "process::exit",
        "a signal ends the program",
    ),
    (
        "crypto/kdf.rs",
        "unreachable!(",
        "one block of output cannot be too long",
    ),
    (
        "crypto/seal.rs",
        "unreachable!(",
        "a frame cannot be too long for the cipher",
    ),
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
        let place = path
            .strip_prefix(&src)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        let is_test = place.ends_with("tests.rs")
            || place.contains("/tests/")
            || place.starts_with("backend/conformance");
        (!is_test).then(|| Source {
            place,
            code: code(&fs::read_to_string(&path).unwrap()),
        })
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
        assert!(
            homes.is_empty() || !users.is_empty(),
            "nobody uses {word}: is it still needed?"
        );
        let astray = users.iter().filter(|it| !it.is_in(homes));
        strays.extend(astray.map(|it| format!("{} names {word}", it.place)));
    }
    assert!(strays.is_empty(), "{strays:#?}");
}

/// Standard output as it is takes new secrets alone; all else passes the mask that `report` puts before
/// it. Standard error has its own.
#[test]
fn only_new_secrets_are_printed_past_the_mask() {
    let names = |code: &str| code.contains("Stdout") && code.contains("stdio::");
    let users: Vec<_> = sources().into_iter().filter(|it| names(&it.code)).collect();
    let places: Vec<_> = users.iter().map(|it| it.place.as_str()).collect();
    let known = [
        "commands/recovery.rs",
        "delivery/descriptor.rs",
        "report.rs",
        "stdio.rs",
    ];
    assert_eq!(places, known.map(|it| format!("bin/hallpass/{it}")));
    let report = users
        .iter()
        .find(|it| it.place.ends_with("report.rs"))
        .unwrap();
    assert_eq!(
        report.code.matches("Stdout").count(),
        3,
        "the name, and where it is masked"
    );
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
        let is_unsafe = [
            "unsafe {",
            "unsafe fn",
            "unsafe impl",
            "unsafe extern",
            "#[unsafe",
        ];
        let found = is_unsafe.iter().find(|word| code.contains(**word));
        let is_sys = place == "sys.rs" || place.starts_with("sys/");
        assert_eq!(found.is_some(), is_sys, "{place}: {found:?}");
        let lines = fs::read_to_string(root().join("src").join(&place))
            .unwrap()
            .lines()
            .count();
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
                assert!(
                    code.contains(**word),
                    "{place} no longer needs its exception"
                );
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
                assert!(
                    lines <= LONGEST_FILE,
                    "{} has {lines} lines",
                    path.display()
                );
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
