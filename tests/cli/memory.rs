//! What a file can make a command hold in memory: no more than itself and 64 MiB.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};

use hallpass::backend::memory::Tables;
use hallpass::backend::sqlite::{OpenOptions, SqliteBackend};
use hallpass::backend::{LONGEST, ObjId, Row};
use hallpass::barrier::{Details, KdfLimits, State, Store, Unlock};
use hallpass::clock::FixedClock;
use hallpass::model::audit::{Action, Object};
use hallpass::model::time::Time;
use hallpass::ops::{Core, before_write, token};
use hallpass::secret::SecretText;
use rusqlite::Connection;

use crate::support::core::{self, NOON};
use crate::support::forge::{self, Kept, Payload, Value, record};
use crate::support::test_home::{Answer, TestHome};
use crate::support::trees::{self, History};

/// Beside the file itself.
const SLACK: usize = 64 << 20;
/// So many records the store has, and as many rows can be put into one bucket of it.
const RECORDS: usize = 1500;
/// Entries of its log, at least.
const ENTRIES: usize = 600;

/// Commands that read, that change, and that take the whole file; `{}` is a token on standard input.
const COMMANDS: &[(&[&str], &str)] = &[
    (&["status"], ""),
    (&["profile", "show", "ci"], ""),
    (&["profile", "list"], ""),
    (&["connection", "list"], ""),
    (&["token", "show", "ci/victim"], ""),
    (&["token", "list", "-o", "jsonl"], ""),
    (&["token", "identify", "--path", "victim"], ""),
    (&["verify"], "{}"),
    (&["review"], ""),
    (&["export"], ""),
    (&["audit", "list"], ""),
    (&["audit", "list", "--limit", "600"], ""),
    (&["audit", "verify"], ""),
    (&["audit", "export"], ""),
    (&["store", "info"], ""),
    (&["store", "check"], ""),
    (&["store", "backup", "copy.db"], ""),
    (&["store", "restore", "given.db", "--dry-run"], ""),
    (&["store", "restore", "given.db", "--yes"], ""),
    (&["token", "add", "ci/more"], ""),
    (&["token", "revoke", "ci/victim", "--yes"], ""),
    (&["token", "revoke", "--profile", "ci", "--yes"], ""),
    (&["token", "prune", "--older-than", "1m", "--yes"], ""),
    (&["profile", "suspend", "ci", "--yes"], ""),
    (&["apply", "declared.toml", "--yes"], ""),
];

/// A store of some size, and what a token of it and its profile are kept as.
struct Target {
    stage: TestHome,
    tables: Tables,
    victims: Vec<ObjId>,
    token: String,
}

impl Target {
    fn new() -> Self {
        let stage = TestHome::new();
        stage.done(&["profile", "add", "ci"]);
        stage.write(
            "declared.toml",
            "[profiles.ci]\ndescription = \"declared\"\n",
        );
        let key = fs::read_to_string(stage.file("keys/store.key")).unwrap();
        let backend = SqliteBackend::open(&stage.store(), &OpenOptions::default()).unwrap();
        let (secret, limits) = (Unlock::KeyFile(SecretText::new(key)), KdfLimits::default());
        let store = Store::open(Box::new(backend), &secret, &limits, &State::off()).unwrap();
        let context = core::context(FixedClock::new(Time::from_seconds(NOON)));
        let mut core = Core::new(store, context, before_write);
        let named = |n| token::Draft::new("ci".parse().unwrap(), format!("t{n}").parse().unwrap());
        let drafts: Vec<_> = (0..RECORDS).map(named).collect();
        token::issue_many(&mut core, &drafts).unwrap();
        // Entries enough for more than one page of them.
        let object = Object {
            kind: "store".into(),
            id: String::new(),
            name: None,
        };
        let entries = (0..ENTRIES).map(|_| object.clone());
        let done = core.write(|w| {
            entries
                .clone()
                .try_for_each(|it| w.audit(Action::StoreAccept, it, Details::new()))
        });
        done.unwrap();
        drop(core);
        let before = trees::tables(&stage.store());
        let token = stage.token(&["ci/victim"]);
        stage.write("victim", &token);
        let tables = trees::tables(&stage.store());
        let new = tables
            .obj
            .iter()
            .filter(|(id, row)| before.obj.get(*id) != Some(row));
        let victims: Vec<_> = new.map(|(id, _)| *id).collect();
        assert_eq!(victims.len(), 2, "the token and its profile");
        Self {
            stage,
            tables,
            victims,
            token,
        }
    }

    fn honest(&self) -> forge::Trees {
        let history = History {
            newest: self.tables.clone(),
            others: Vec::new(),
        };
        history.honest()
    }

    /// Runs every command on the file within what it may use; says how often each code came.
    fn codes(&self, bytes: &[u8]) -> BTreeMap<i32, Vec<String>> {
        let mut codes: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (arguments, input) in COMMANDS {
            self.place(bytes);
            let answer = self.within(
                bytes.len() + SLACK,
                arguments,
                &input.replace("{}", &self.token),
            );
            let said = format!("{arguments:?}: {}", answer.err);
            codes.entry(answer.code).or_default().push(said);
        }
        codes
    }

    fn place(&self, bytes: &[u8]) {
        for suffix in ["-wal", "-shm", "-journal"] {
            let mut name = self.stage.store().into_os_string();
            name.push(suffix);
            let _ = fs::remove_file(name);
        }
        let _ = fs::remove_file(self.stage.file("copy.db"));
        self.stage.write("given.db", "");
        for path in [self.stage.store(), self.stage.file("given.db")] {
            fs::write(path, bytes).unwrap();
        }
    }

    /// Runs a command that gets no more address space than that, of which what lies in memory is a
    /// part.
    fn within(&self, bytes: usize, arguments: &[&str], input: &str) -> Answer {
        let command = self.stage.command(&[arguments, &["--no-anchor"]].concat());
        self.stage.write("input", input);
        let mut shell = Command::new("/bin/sh");
        let line = format!("ulimit -v {}; exec \"$@\"", bytes / 1024);
        shell
            .arg("-c")
            .arg(line)
            .arg("sh")
            .arg(command.get_program())
            .args(command.get_args());
        shell.current_dir(self.stage.path()).env_clear();
        shell.envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        let input = fs::File::open(self.stage.file("input")).unwrap();
        let output = shell.stdin(Stdio::from(input)).output().unwrap();
        assert!(output.status.code().is_some(), "{arguments:?}: {output:?}");
        Answer::of(&output)
    }
}

/// A row whose bytes lie in a chain that it shares with others.
fn shared(id: &ObjId) -> Payload {
    let long = vec![0x5a; LONGEST];
    let whole = record(&[Value::Bytes(id), Value::Number(1), Value::Bytes(&long)]);
    Payload::Shared(whole[..1100].to_vec(), whole.len())
}

/// Rows that fill the bucket of an id.
fn flood(id: &ObjId) -> impl Iterator<Item = (ObjId, Payload)> {
    let (start, row) = ([id[0], id[1]], shared(id));
    let Payload::Shared(bytes, length) = row else {
        panic!("not shared")
    };
    (0..RECORDS).map(move |n| {
        let mut id = [0; 16];
        id[..2].copy_from_slice(&start);
        id[8..].copy_from_slice(&(n as u64).to_be_bytes());
        let mut bytes = bytes.clone();
        let head = usize::from(bytes[0]);
        bytes[head..head + 16].copy_from_slice(&id);
        (id, Payload::Shared(bytes, length))
    })
}

/// A bucket of more rows than all others have, in the way of a look-up or of a list.
#[test]
fn rows_that_share_their_bytes_are_not_held() {
    let target = Target::new();
    let [hdr, idx, log, man, _] = target.honest();
    for victim in &target.victims {
        let records = target
            .tables
            .obj
            .iter()
            .map(|(id, row)| (*id, trees::object(id, row)));
        let mut rows: BTreeMap<_, _> = records.filter(|(id, _)| id != victim).collect();
        rows.extend(flood(victim));
        let obj = trees::objects(&rows.into_iter().collect::<Vec<_>>());
        let trees = [hdr.clone(), idx.clone(), log.clone(), man.clone(), obj];
        let bytes = forge::file(&trees, Kept::Journal);
        let most = bytes.len() + SLACK;
        assert!(
            RECORDS * LONGEST > 10 * most,
            "the premise: rows of much more in sum than {most}"
        );
        let codes = target.codes(&bytes);
        assert!(
            codes.keys().all(|code| [0, 5, 7, 30].contains(code)),
            "{codes:#?}"
        );
        assert!(codes[&30].len() >= 12, "{codes:#?}");
    }
}

#[test]
fn records_that_share_their_bytes_are_not_held() {
    let target = Target::new();
    let [hdr, idx, log, man, _] = target.honest();
    let rows: Vec<_> = target
        .tables
        .obj
        .keys()
        .map(|id| (*id, shared(id)))
        .collect();
    let bytes = forge::file(&[hdr, idx, log, man, trees::objects(&rows)], Kept::Wal);
    let codes = target.codes(&bytes);
    assert!(
        codes.keys().all(|code| [0, 5, 7, 30].contains(code)),
        "{codes:#?}"
    );
    assert!(codes[&30].len() >= 15, "{codes:#?}");
}

/// The same in the log, of which a page of entries is read at once.
#[test]
fn entries_that_share_their_bytes_are_not_held() {
    let target = Target::new();
    let [hdr, idx, _, man, obj] = target.honest();
    let row = Row {
        kid: 7,
        sealed: vec![0x5a; LONGEST],
    };
    let values = [
        Value::Null,
        Value::Number(row.kid),
        Value::Bytes(&row.sealed),
    ];
    let whole = record(&values);
    let last = *target.tables.log.keys().next_back().unwrap();
    let rows = (1..=i64::try_from(last).unwrap())
        .map(|seq| (seq, Payload::Shared(whole[..4096].to_vec(), whole.len())));
    let log = trees::numbers(&rows.collect::<Vec<_>>());
    let bytes = forge::file(&[hdr, idx, log, man, obj], Kept::Journal);
    assert!(
        512 * LONGEST > 4 * (bytes.len() + SLACK),
        "the premise: a page of them is much more"
    );
    let codes = target.codes(&bytes);
    assert!(
        codes.keys().all(|code| [0, 5, 7, 30].contains(code)),
        "{codes:#?}"
    );
    let audits = codes[&30].iter().filter(|said| said.contains("audit"));
    assert_eq!(audits.count(), 4, "{codes:#?}");
}

/// `SQLite` reads all of the schema before anybody can look at any of it.
#[test]
fn a_schema_without_end_is_not_read() {
    let target = Target::new();
    let connection = Connection::open(target.stage.store()).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode=delete; PRAGMA writable_schema=ON;
             WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 300000)
             INSERT INTO sqlite_schema SELECT 'view', 'v'||n, 'v'||n, 0,
             'CREATE VIEW v'||n||' AS SELECT 1+1+1+1+1+1+1+1+1+1+1+1+1+1+1' FROM n",
        )
        .unwrap();
    drop(connection);
    let bytes = fs::read(target.stage.store()).unwrap();
    let codes = target.codes(&bytes);
    assert!(
        codes.keys().all(|code| [7, 34].contains(code)),
        "{codes:#?}"
    );
}
