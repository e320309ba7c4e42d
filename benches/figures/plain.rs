//! Plain `SQLite`: files as an application without hallpass would keep.

use std::path::Path;
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
        transaction.prepare_cached(sql)?.execute((key(n).as_bytes(), [7_u8; BLOB]))?;
    }
    transaction.commit()?;
    Ok(())
}

/// Key `n`, in no order, as a hash would be.
pub(crate) fn key(n: usize) -> String {
    let mixed = (n as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    format!("{:016x}{n:016x}", mixed ^ (mixed >> 29))
}

/// How the program of the yardstick is linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Linked {
    /// As hallpass is.
    Statically,
    /// As a Rust program is by default.
    Dynamically,
}

/// The minimal program (`benches/lookup.rs`), built if need be.
pub(crate) fn lookup(linked: Linked) -> Outcome<std::path::PathBuf> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{linked:?}").to_lowercase());
    let feature = match linked {
        Linked::Statically => "-C target-feature=+crt-static",
        Linked::Dynamically => "-C target-feature=-crt-static",
    };
    let status = Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--quiet", "--example", "lookup"])
        .args(["--config", "build.target=\"host-tuple\"", "--target-dir"])
        .arg(&target)
        .env("RUSTFLAGS", feature)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()?;
    if !status.success() {
        return Err("the yardstick could not be built".into());
    }
    let host = std::fs::read_dir(&target)?
        .filter_map(|entry| entry.ok().map(|it| it.path().join("release/examples/lookup")))
        .find(|path| path.is_file());
    host.ok_or_else(|| "the yardstick is missing".into())
}
