//! Properties of the connection that only its owner can observe (T36).

use rusqlite::config::DbConfig;

use super::super::schema;
use super::*;

fn linked(purpose: Use) -> (tempfile::TempDir, Link) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().canonicalize().unwrap().join("store.db");
    std::fs::File::create_new(&path).unwrap();
    let link = Link::open(&path, purpose, &OpenOptions::default()).unwrap();
    schema::create(&link.connection).unwrap();
    (dir, link)
}

fn store() -> (tempfile::TempDir, Link) {
    linked(Use::Store(FileAccess::ReadWrite))
}

fn pragma(link: &Link, name: &str) -> i64 {
    link.connection
        .query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))
        .unwrap()
}

#[test]
fn the_library_is_new_enough() {
    let version = rusqlite::version_number();
    assert_eq!(version, OLDEST_SQLITE, "it is the bundled one");
    assert!(version >= 3_054_001);
    assert!(ensure_new_enough(version).is_ok());
    let refused = ensure_new_enough(version - 1).unwrap_err();
    assert!(refused.to_string().ends_with("is too old"), "{refused}");
}

#[test]
fn the_library_is_built_without_what_a_store_does_not_need() {
    let (_dir, link) = store();
    let mut statement = link.connection.prepare("PRAGMA compile_options").unwrap();
    let options: Vec<String> = statement
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let has = |name: &str| options.iter().any(|option| option == name);
    for present in [
        "DQS=0",
        "OMIT_LOAD_EXTENSION",
        "SECURE_DELETE",
        "DEFAULT_MEMSTATUS=0",
    ] {
        assert!(has(present), "{present} is missing from {options:?}");
    }
    for absent in [
        "LOAD_EXTENSION",
        "FTS",
        "RTREE",
        "SOUNDEX",
        "DBSTAT",
        "USE_URI",
    ] {
        let found = options
            .iter()
            .find(|option| option.contains(absent) && !has_omit(option));
        assert_eq!(found, None);
    }
}

fn has_omit(option: &str) -> bool {
    option.starts_with("OMIT_")
}

#[test]
fn the_switches_are_set() {
    let (_dir, link) = store();
    for (switch, expected) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
    ] {
        assert_eq!(
            link.connection.db_config(switch).unwrap(),
            expected,
            "{switch:?}"
        );
    }
}

#[test]
fn what_is_longer_than_a_row_or_a_statement_is_not_read() {
    let (_dir, link) = store();
    let limit = |limit| link.connection.limit(limit).unwrap();
    assert_eq!(limit(Limit::SQLITE_LIMIT_LENGTH), (1 << 20) + 40 + 256);
    assert_eq!(limit(Limit::SQLITE_LIMIT_SQL_LENGTH), 4096);
}

#[test]
fn a_reader_has_the_settings_of_the_format() {
    let (_dir, link) = store();
    let found = ["cell_size_check", "synchronous", "foreign_keys"].map(|name| pragma(&link, name));
    assert_eq!(found, [1, 2, 0]);
    assert_eq!(pragma(&link, "busy_timeout"), 5000);
    let mapped = link
        .connection
        .query_row("PRAGMA mmap_size", [], |row| row.get::<_, i64>(0));
    assert_eq!(mapped.unwrap(), 0);
}

/// A file's header can suggest a cache size.
#[test]
fn a_file_does_not_say_how_much_of_it_is_held() {
    let (dir, link) = store();
    link.run("PRAGMA default_cache_size=1000000").unwrap();
    drop(link);
    let path = dir.path().canonicalize().unwrap().join("store.db");
    let purpose = Use::Store(FileAccess::ReadWrite);
    let mut link = Link::open(&path, purpose, &OpenOptions::default()).unwrap();
    assert_eq!(
        pragma(&link, "default_cache_size"),
        1_000_000,
        "the premise"
    );
    link.run("BEGIN").unwrap();
    link.compare_schema().unwrap();
    assert_eq!(pragma(&link, "cache_size"), -2000);
}

#[test]
fn a_writer_has_the_settings_of_the_format() {
    let (_dir, mut link) = store();
    link.set_journal("wal").unwrap();
    link.begin_write().unwrap();
    let found = [
        "wal_autocheckpoint",
        "journal_size_limit",
        "synchronous",
        "cache_size",
    ]
    .map(|name| pragma(&link, name));
    assert_eq!(found, [256, 1_048_576, 2, -8192]);
    assert_eq!(
        ["secure_delete", "temp_store"].map(|name| pragma(&link, name)),
        [1, 2]
    );
}

#[test]
fn the_schema_cannot_be_written_past_its_statements() {
    let (_dir, link) = store();
    link.run("PRAGMA writable_schema=ON").unwrap();
    for attack in [
        "INSERT INTO sqlite_schema VALUES ('view','v','v',0,'CREATE VIEW v AS SELECT 1')",
        "UPDATE sqlite_schema SET sql='CREATE TABLE obj(x)' WHERE name='obj'",
        "DELETE FROM sqlite_schema",
    ] {
        assert!(link.run(attack).is_err(), "{attack}");
    }
    schema::check_tables(&link.connection).unwrap();
}

#[test]
fn a_double_quoted_word_is_no_text() {
    let (_dir, link) = store();
    assert!(link.run("SELECT \"nothing\"").is_err());
}

#[test]
fn a_path_becomes_a_uri_without_loss() {
    assert_eq!(
        immutable(Path::new("/a b/?%#é")),
        "file:/a%20b/%3F%25%23%C3%A9?immutable=1"
    );
}

/// Commits through another connection to the file, as another process would.
fn commit_elsewhere(link: &Link) {
    let path = link.connection.path().unwrap();
    let other = Connection::open(path).unwrap();
    other
        .execute_batch("INSERT OR REPLACE INTO hdr(k, v) VALUES (7, randomblob(8))")
        .unwrap();
}

#[test]
fn the_index_of_the_log_shows_each_commit_once_this_connection_has_read() {
    let (_dir, mut link) = store();
    link.set_journal("wal").unwrap();
    assert_eq!(link.newest_commit().unwrap(), None, "not read yet");
    assert_eq!(link.has_log, None);
    link.compare_schema().unwrap();
    let mut seen = vec![link.newest_commit().unwrap().unwrap()];
    for n in 0..3 {
        commit_elsewhere(&link);
        let newest = link.newest_commit().unwrap().unwrap();
        assert!(!seen.contains(&newest), "commit {n}");
        assert_eq!(link.newest_commit().unwrap(), Some(newest), "nothing since");
        seen.push(newest);
    }
    link.run("BEGIN IMMEDIATE; DELETE FROM hdr; ROLLBACK")
        .unwrap();
    assert_eq!(link.newest_commit().unwrap(), seen.last().copied());
    link.checkpoint().unwrap();
    commit_elsewhere(&link);
    assert!(!seen.contains(&link.newest_commit().unwrap().unwrap()));
}

#[test]
fn a_file_without_a_log_has_no_index_and_gets_none() {
    let (dir, mut link) = store();
    link.compare_schema().unwrap();
    assert_eq!(link.newest_commit().unwrap(), None);
    assert_eq!(link.has_log, Some(false));
    let found = std::fs::read_dir(dir.path()).unwrap().count();
    assert_eq!(found, 1, "an index was made");
    let version = link.version().unwrap();
    commit_elsewhere(&link);
    assert_ne!(link.version().unwrap(), version);
}
