//! T47: a sink never destroys. Each command that makes a secret, and each file that must not be lost.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::matrix::{MAKERS, Maker, OLD};
use crate::promises::files_below;
use crate::support::test_home::{Answer, TestHome};

mod descriptors;

/// A home in which each command has something to do, and a file of every kind.
struct Ground {
    stage: TestHome,
    /// Where no secret is put, whatever is asked for.
    never: Vec<PathBuf>,
    /// Where one is put if that is asked for.
    only_if_asked: Vec<PathBuf>,
}

impl Ground {
    fn new() -> Self {
        let stage = TestHome::with_sample_data();
        stage.done(&["token", "add", "github/old", "--to", "file:first"]);
        stage.done(&[
            "password",
            "set",
            "github",
            "--generate",
            "--to",
            "file:password",
        ]);
        stage.done(&["profile", "add", "anna", "--email", "anna@example.com"]);
        stage.done(&["store", "key", "add", "--recovery-file", "recovery"]);
        stage.done(&["store", "backup", "backup.db"]);
        stage.done(&["token", "revoke", "github/old", "--yes"]);
        stage.done(&["token", "add", "github/old", "--to", "file:first"]);
        let store = stage.store();
        let beside = |name: &str| store.with_file_name(name);
        // Those of this store, and of another one; what is not there must not come to be there.
        let mut never = vec![store.clone(), stage.file("backup.db")];
        for suffix in ["-wal", "-shm", "-journal"] {
            never.push(beside(&format!("store.db{suffix}")));
            never.push(stage.file(&format!("backup.db{suffix}")));
        }
        never.extend([beside(".store.db.lock"), stage.file(".backup.db.lock")]);
        stage.write("backup.db-wal", "");
        never.extend(files_below(&stage.file("state")));
        never.extend([
            stage.file("state/hallpass/anchors/new"),
            stage.file("state/hallpass/known/new"),
        ]);
        never.extend([
            stage.config(),
            stage.file("keys/store.key"),
            stage.file("recovery"),
        ]);
        stage.write("binary", "a\0b");
        symlink(stage.file("first"), stage.file("link")).unwrap();
        symlink("/nowhere/else", stage.file("dangling")).unwrap();
        never.extend(["binary", "link", "dangling"].map(|name| stage.file(name)));
        for folder in ["open", "open/inner"] {
            fs::create_dir(stage.file(folder)).unwrap();
            fs::set_permissions(stage.file(folder), Permissions::from_mode(0o700)).unwrap();
        }
        stage.write("open/inner/file", "somebody's");
        fs::set_permissions(stage.file("open"), Permissions::from_mode(0o770)).unwrap();
        symlink("open/inner", stage.file("way")).unwrap();
        never.extend([stage.file("way/file"), stage.file("open/inner/new")]);
        stage.write("notes", "notes\n");
        stage.write("hex", &format!("{}\n", "0123456789ABCDEF".repeat(4)));
        stage.write("two", &format!("{OLD}\n{OLD}\n"));
        stage.write("env", "T=mine\nA=1\n");
        let only_if_asked = ["notes", "hex", "two"].map(|name| stage.file(name)).into();
        Self {
            stage,
            never,
            only_if_asked,
        }
    }

    /// Every file there is, with its content.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let all = files_below(self.stage.path()).into_iter();
        // What declares is the test's own, and what SQLite keeps next to an open store comes and goes.
        let own = |path: &&PathBuf| path.ends_with("declared.toml") || self.is_sidecar(path);
        let all = all.filter(|path| !own(&path));
        all.map(|path| {
            let content = match fs::read_link(&path) {
                Ok(target) => target.into_os_string().into_encoded_bytes(),
                Err(_) => fs::read(&path).unwrap(),
            };
            (path, content)
        })
        .collect()
    }

    fn is_sidecar(&self, path: &Path) -> bool {
        let store = self.stage.store();
        ["store.db-wal", "store.db-shm"]
            .iter()
            .any(|name| store.with_file_name(name) == path)
    }

    fn run(&self, maker: Maker, to: &str, more: &[&str]) -> Answer {
        let words = self.words(maker, to);
        self.stage.run(&[&words, more].concat())
    }

    /// The command with its place, and what it needs.
    fn words<'a>(&self, maker: Maker, to: &'a str) -> Vec<&'a str> {
        let mut words = maker.words("12345678");
        if maker == Maker::Apply {
            let declared = format!("[profiles.web.tokens.new]\nto = {to:?}\n");
            self.stage.write("declared.toml", &declared);
        } else {
            words.extend(["--to", to]);
        }
        words
    }

    #[track_caller]
    fn refuses(&self, maker: Maker, to: &str, more: &[&str]) {
        let before = self.files();
        let refused = self.run(maker, to, more);
        assert_eq!(
            (refused.code, refused.out.as_str()),
            (43, ""),
            "{maker:?} {to}: {refused:?}"
        );
        let after = self.files();
        let changed: Vec<_> = after
            .iter()
            .filter(|it| before.get(it.0) != Some(it.1))
            .collect();
        assert!(
            changed.is_empty() && after.len() == before.len(),
            "{maker:?} {to}: {changed:?}"
        );
    }
}

#[test]
fn no_command_puts_a_secret_where_something_would_be_lost() {
    let ground = Ground::new();
    assert!(ground.never.len() > 20, "{:?}", ground.never);
    for maker in MAKERS {
        for path in &ground.only_if_asked {
            ground.refuses(maker, &format!("file:{}", path.display()), &[]);
        }
        for path in &ground.never {
            for to in [
                format!("file:{}", path.display()),
                format!("env:{}#T", path.display()),
            ] {
                ground.refuses(maker, &to, &[]);
                ground.refuses(maker, &to, &["--overwrite"]);
            }
        }
        ground.refuses(maker, "env:env#T", &[]);
    }
}

#[test]
fn what_is_nobodys_secret_is_replaced_where_that_is_asked_for_and_said() {
    let ground = Ground::new();
    for path in &ground.only_if_asked {
        let to = format!("file:{}", path.display());
        let name = format!("github/{}", path.file_name().unwrap().display());
        let said = ground
            .stage
            .fails(43, &["token", "add", &name, "--to", &to]);
        let holds = format!(
            "`{}` holds something other than a hallpass secret",
            path.display()
        );
        assert!(
            said.contains(&holds) && said.contains("hint: `--overwrite` replaces it"),
            "{said}"
        );
        let done = ground
            .stage
            .done(&["token", "add", &name, "--to", &to, "--overwrite"]);
        let went = format!(
            "delivered to `{}`, replacing what was there\n",
            path.display()
        );
        assert!(done.err.ends_with(&went), "{done:?}");
        assert_eq!(
            ground
                .stage
                .verdict(&fs::read_to_string(path).unwrap(), &[])
                .0,
            0
        );
        // From now on it is ours.
        let again = ground.stage.done(&["token", "rotate", &name, "--to", &to]);
        assert!(again.err.contains("replacing a token\n"), "{again:?}");
    }
    let env = [
        "token",
        "add",
        "github/env",
        "--to",
        "env:env#T",
        "--overwrite",
    ];
    ground.stage.done(&env);
    let text = fs::read_to_string(ground.stage.file("env")).unwrap();
    assert!(
        text.starts_with("T=hpass_") && text.ends_with("\nA=1\n"),
        "the rest is kept: {text}"
    );
}

#[test]
fn a_password_takes_the_place_of_the_one_before_it() {
    let ground = Ground::new();
    let set = [
        "password",
        "set",
        "github",
        "--generate",
        "--to",
        "file:password",
        "--yes",
    ];
    let first = fs::read_to_string(ground.stage.file("password")).unwrap();
    let again = ground.stage.done(&set);
    assert!(
        again.err.contains("replacing a generated password\n"),
        "{again:?}"
    );
    assert_ne!(
        fs::read_to_string(ground.stage.file("password")).unwrap(),
        first
    );
    ground
        .stage
        .write("password", "correct horse battery staple 42\n");
    ground.stage.done(&[
        "password",
        "set",
        "github",
        "--password-file",
        "password",
        "--yes",
    ]);
    ground.stage.fails(43, &set);
    ground.stage.done(&[&set[..], &["--overwrite"]].concat());
}

#[test]
fn apply_says_in_its_plan_what_is_replaced() {
    let ground = Ground::new();
    let declared =
        "[profiles.web.tokens]\none = {to = \"file:first\"}\ntwo = {to = \"file:notes\"}\n";
    ground.stage.write("declared.toml", declared);
    let refused = ground
        .stage
        .fails(43, &["apply", "declared.toml", "--plan"]);
    assert!(refused.contains("token `web/two`: `"), "{refused}");
    assert!(
        refused.contains("hint: `--overwrite` replaces it"),
        "{refused}"
    );
    let plan = ground
        .stage
        .run(&["apply", "declared.toml", "--plan", "--overwrite"]);
    assert_eq!(plan.code, 7, "{plan:?}");
    assert!(
        plan.out.contains("to: file:first; to.replaces: a token"),
        "{plan:?}"
    );
    assert!(
        plan.out
            .contains("to: file:notes; to.replaces: what was there"),
        "{plan:?}"
    );
    assert_eq!(fs::read(ground.stage.file("notes")).unwrap(), b"notes\n");
    ground
        .stage
        .done(&["apply", "declared.toml", "--overwrite"]);
    assert!(
        fs::read(ground.stage.file("notes"))
            .unwrap()
            .starts_with(b"hpass_")
    );
}

/// New files are made under no name that the store may come to use.
#[test]
fn nothing_new_is_put_next_to_the_store_under_a_name_of_its_own() {
    let ground = Ground::new();
    let journal = ground.stage.store().with_file_name("store.db-journal");
    let there = journal.to_str().unwrap();
    let before = ground.files();
    for words in [
        &["store", "backup", there][..],
        &["review", "--html", there],
        &[
            "store",
            "key",
            "add",
            "--new-key-file",
            there,
            "--allow-colocated-key",
        ],
        &[
            "store",
            "key",
            "add",
            "--recovery-file",
            there,
            "--allow-colocated-key",
        ],
    ] {
        let refused = ground.stage.fails(43, words);
        assert!(
            refused.contains("belongs to the store, and is not overwritten"),
            "{refused}"
        );
    }
    assert!(ground.files() == before && !Path::new(there).exists());
}

/// A pipe that somebody else fills, for as long as they like.
#[test]
fn no_transaction_waits_for_a_reader() {
    let stage = TestHome::with_sample_data();
    let (reader, writer) = std::io::pipe().unwrap();
    rustix::fs::fcntl_setfl(&writer, rustix::fs::OFlags::NONBLOCK).unwrap();
    while rustix::io::write(&writer, &[b'x'; 4096]).is_ok() {}
    let mut command = stage.command(&["token", "add", "github/a"]);
    let mut call = command
        .stdout(writer)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    drop(command);
    stage.done(&["connection", "add", "meanwhile"]);
    drop(reader);
    assert_eq!(call.wait().unwrap().code(), Some(51));
    assert_eq!(
        stage.json(&["token", "list", "--all"]),
        serde_json::json!([])
    );
}
