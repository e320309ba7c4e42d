//! Plain `SQLite`: files as an application without hallpass would keep.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rusqlite::Connection;

use crate::Outcome;

/// About what a sealed token takes.
pub(crate) const BLOB: usize = 232;

/// A file of `rows` values of [`BLOB`] bytes by a key.
pub(crate) fn table(path: &Path, journal: &str, rows: usize) -> Outcome {
    let mut connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", journal)?;
    connection.execute_batch("CREATE TABLE item(key BLOB PRIMARY KEY, value BLOB NOT NULL)")?;
    let transaction = connection.transaction()?;
    for n in 0..rows {
        let sql = "INSERT INTO item(key, value) VALUES (?1, ?2)";
        transaction
            .prepare_cached(sql)?
            .execute((key(n).as_bytes(), [7_u8; BLOB]))?;
    }
    transaction.commit()?;
    Ok(())
}

/// Key `n`, in no order, as a hash would be.
pub(crate) fn key(n: usize) -> String {
    let mixed = (n as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    format!("{:016x}{n:016x}", mixed ^ (mixed >> 29))
}

/// How the minimal program is linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Linked {
    /// As hallpass is.
    Statically,
    /// As a Rust program is by default.
    Dynamically,
}

impl Linked {
    /// What messages and folders call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Statically => "static",
            Self::Dynamically => "dynamic",
        }
    }
}

/// The minimal program (`benches/lookup.rs`), a package of its own with the same `rusqlite`.
pub(crate) fn lookup(linked: Linked) -> Outcome<PathBuf> {
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("lookup-{}", linked.name()));
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::create_dir_all(package.join("src"))?;
    fs::write(
        package.join("Cargo.toml"),
        manifest(&fs::read_to_string(here.join("Cargo.toml"))?)?,
    )?;
    fs::copy(here.join("Cargo.lock"), package.join("Cargo.lock"))?;
    fs::copy(here.join("benches/lookup.rs"), package.join("src/main.rs"))?;
    let feature = match linked {
        Linked::Statically => "-C target-feature=+crt-static",
        Linked::Dynamically => "-C target-feature=-crt-static",
    };
    let target = package.join("target");
    let status = Command::new(env!("CARGO"))
        .args(["build", "--release", "--offline", "--quiet", "--target-dir"])
        .arg(&target)
        .env("RUSTFLAGS", feature)
        // Not the leaner SQLite of hallpass.
        .env("LIBSQLITE3_FLAGS", "")
        .current_dir(&package)
        .status()?;
    let built = fs::read_dir(&target)?
        .filter_map(|entry| entry.ok().map(|it| it.path().join("release/lookup")))
        .find(|path| path.is_file());
    match built {
        Some(path) if status.success() => Ok(path),
        _ => Err("the minimal program could not be built".into()),
    }
}

/// A manifest with nothing but the line of `rusqlite` in hallpass's own, and its release profile.
fn manifest(own: &str) -> Outcome<String> {
    let line = own
        .lines()
        .find(|line| line.starts_with("rusqlite = "))
        .ok_or("no rusqlite")?;
    Ok(format!(
        "[package]\nname = \"lookup\"\nedition = \"2024\"\n\n[dependencies]\n{line}\n\n\
         [profile.release]\nlto = \"fat\"\ncodegen-units = 1\nstrip = \"symbols\"\n\n[workspace]\n"
    ))
}
