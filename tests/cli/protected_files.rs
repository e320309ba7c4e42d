//! What no secret is put into, whatever `--to` says.

use std::fs;

use crate::support::test_home::TestHome;

#[test]
fn neither_the_store_nor_what_belongs_to_it_is_replaced_by_a_token() {
    let stage = TestHome::with_sample_data();
    stage.done(&["store", "backup", "backup.db"]);
    // It stays open, so that its files beside it stay, too.
    let open = rusqlite::Connection::open(stage.store()).unwrap();
    open.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema")
        .unwrap();
    stage.done(&["environment", "add", "test"]);
    let store = stage.store();
    let beside = |end: &str| store.with_file_name(format!("{}{end}", file_name(&store)));
    let mut places = vec![
        store.clone(),
        beside("-wal"),
        beside("-shm"),
        stage.file("backup.db"),
    ];
    places.push(stage.file("keys/store.key"));
    let anchors = fs::read_dir(stage.file("state/hallpass/anchors")).unwrap();
    places.extend(anchors.map(|it| it.unwrap().path()));
    assert_eq!(places.len(), 6, "{places:?}");
    for place in places {
        let before = fs::read(&place).unwrap();
        for to in [
            format!("file:{}", place.display()),
            format!("env:{}#T", place.display()),
        ] {
            for line in [
                &["token", "add", "github/a"][..],
                &["password", "set", "github", "--generate"],
            ] {
                let said = stage.fails(43, &[line, &["--to", &to]].concat());
                assert!(said.contains(", and is not overwritten"), "{to}: {said}");
            }
        }
        assert!(fs::read(&place).unwrap() == before, "{}", place.display());
    }
    assert_eq!(
        stage.json(&["token", "list", "--all"]),
        serde_json::json!([])
    );
}

fn file_name(path: &std::path::Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}
