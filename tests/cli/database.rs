//! `--store postgres://…`: what is refused before anything is connected, and that no secret is
//! repeated.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use crate::support::test_home::{Answer, TestHome};

/// A server that refuses at once.
const NOBODY: &str = "postgres://ann@127.0.0.1:1/d?connect_timeout=1";

const COMMANDS: [&[&str]; 8] = [
    &["status"],
    &["lock"],
    &["init", "--no-recovery", "--new-key-file", "new.key"],
    &["profile", "list"],
    &["profile", "list", "-o", "json"],
    &["store", "info"],
    &["store", "restore", "b.db"],
    &["token", "add", "github/a", "--to", "file:t"],
];

fn with(home: &TestHome, variables: &[(&str, &str)], arguments: &[&str]) -> Answer {
    let mut command = home.command(arguments);
    command.envs(variables.iter().copied());
    Answer::of(&command.stdin(Stdio::null()).output().unwrap())
}

#[track_caller]
fn refuses(answer: &Answer, words: &str) {
    assert_eq!(answer.code, 2, "{words}: {answer:?}");
    assert!(answer.err.contains(words), "{words}: {answer:?}");
    assert!(!format!("{answer:?}").contains("canary"), "{answer:?}");
}

#[test]
fn a_password_is_refused_wherever_it_is_and_never_repeated() {
    let home = TestHome::empty();
    let services = home.write("services", "[prod]\nhost=h\npassword=canary\n");
    let services = services.to_str().unwrap();
    let holds = "holds a password; a password must not be there";
    for url in [
        "postgres://ann:canary@h/d",
        "postgresql://ann:canary@h/d?schema=x",
        "postgres://h/d?password=canary",
    ] {
        for command in COMMANDS {
            let words = format!("the URL of the database {holds}");
            refuses(&home.run(&[command, &["--store", url]].concat()), &words);
            refuses(&with(&home, &[("HALLPASS_STORE", url)], command), &words);
            let settings = home.write("settings", &format!("store = {url:?}\n"));
            let settings = ["--config", settings.to_str().unwrap()];
            refuses(&home.run(&[command, &settings].concat()), &words);
        }
    }
    for url in ["postgres:/ann:canary@h/d", "POSTGRES://ann:canary@h/d"] {
        for command in COMMANDS {
            let words = "the URL of the database does not begin with `postgres://`";
            refuses(&home.run(&[command, &["--store", url]].concat()), words);
        }
    }
    for command in COMMANDS {
        let line = [command, &["--store", NOBODY]].concat();
        let words = format!("`PGPASSWORD` {holds}");
        refuses(&with(&home, &[("PGPASSWORD", "canary")], &line), &words);
        let variables = [("PGSERVICE", "prod"), ("PGSERVICEFILE", services)];
        let words = format!("service `prod` in `{services}` {holds}");
        refuses(&with(&home, &variables, &line), &words);
    }
    for line in [
        &["status", "postgres://ann:canary@h/d"][..],
        &["status", "--stor", "postgres://ann:canary@h/d"],
        &["store", "backup", "postgres://ann:canary@h/d"],
        &["store", "restore", "postgres://ann:canary@h/d"],
        &["--state-dir=postgres://ann:canary@h/d", "status"],
    ] {
        refuses(&home.run(line), holds);
    }
    let hint = home.fails(2, &["status", "--store", "postgres://ann:canary@h/d"]);
    for instead in [
        "`.pgpass`",
        "`--database-password-file FILE`",
        "`hallpass.database`",
        "a client certificate",
        "a Unix socket",
    ] {
        assert!(hint.contains(instead), "{instead}: {hint}");
    }
    assert!(!home.file("new.key").exists() && !home.file("t").exists());
}

#[test]
fn a_store_in_a_file_does_not_care_what_databases_need() {
    let home = TestHome::new();
    let variables = [
        ("PGPASSWORD", "canary"),
        ("PGPORT", "canary"),
        ("PGSERVICE", "canary"),
    ];
    let answer = with(&home, &variables, &["status"]);
    assert_eq!((answer.code, answer.err.as_str()), (0, ""));
}

#[test]
fn a_url_that_names_no_database_is_wrong_usage() {
    let home = TestHome::empty();
    for (url, words) in [
        (
            "postgres://h/d?options=-c",
            "the URL of the database has an unknown option `options`\n\
             hint: options: schema, host,",
        ),
        (
            "postgres://h",
            "names no database\nhint: name it in the URL",
        ),
        ("postgres://h:canary/d", "`port` must be a number"),
        (
            "postgres://h/d?schema=Canary",
            "`schema` must be at most 63",
        ),
        (
            "postgres://h/d?schema=pg_temp",
            "`schema` must be at most 63",
        ),
        ("postgres://h/d?sslkey=/k", "`sslcert` and `sslkey` belong"),
        (
            "postgres://h/d?sslrootcert=~/r",
            "`sslrootcert` must be an absolute path",
        ),
        (
            "postgres://h/d?service=absent",
            "there is no service `absent`",
        ),
        ("postgres://ann:1/canary@h/d", "write `%40` for an `@`"),
    ] {
        refuses(&home.run(&["status", "--store", url]), words);
    }
    let variables = [("PGPORT", "canary")];
    let line = ["status", "--store", "postgres://h/d"];
    refuses(&with(&home, &variables, &line), "`PGPORT`: `port` must be");
}

#[test]
fn a_weak_connection_is_refused_or_warned_of_once() {
    let home = TestHome::empty();
    for mode in ["disable", "prefer", "require", "verify-ca"] {
        let url = format!("{NOBODY}&sslmode={mode}");
        let answer = home.run(&["status", "--store", &url]);
        refuses(&answer, "accept the risk with `--allow-insecure-database`");
        assert!(answer.err.contains(&format!("`sslmode={mode}`: ")));
        for command in [&["status"][..], &["profile", "list"]] {
            let allowed = ["--store", &url, "--allow-insecure-database"];
            let answer = home.run(&[command, &allowed].concat());
            assert_eq!(answer.code, 42, "{answer:?}");
            let warning = format!("warning: `sslmode={mode}`: ");
            assert_eq!(answer.err.matches(&warning).count(), 1, "{answer:?}");
        }
    }
    let full = home.run(&["status", "--store", NOBODY]);
    assert_eq!(full.code, 42, "{full:?}");
    assert!(full.err.contains("Connection refused"), "{full:?}");
    assert!(!full.err.contains("sslmode"), "{full:?}");
}

#[test]
fn files_that_others_can_change_are_refused() {
    let home = TestHome::empty();
    let services = home.write("services", "[prod]\nhost=h\n");
    fs::set_permissions(&services, Permissions::from_mode(0o666)).unwrap();
    let variables = [("PGSERVICEFILE", services.to_str().unwrap())];
    let line = ["status", "--store", "postgres://h/d?service=prod"];
    let answer = with(&home, &variables, &line);
    assert_eq!(answer.code, 43, "{answer:?}");
    assert!(answer.err.contains("hint: chmod go-w "), "{answer:?}");
}

#[test]
fn a_database_is_replaced_by_no_backup() {
    let home = TestHome::new();
    home.json(&["store", "backup", "b.db"]);
    let url = format!("{NOBODY}&schema=x");
    let answer = home.run(&["store", "restore", "b.db", "--store", &url]);
    let words = "`postgres://127.0.0.1:1/d?schema=x` is a database, which no backup replaces";
    refuses(&answer, words);
}

#[test]
fn the_file_of_the_password_is_named_by_an_option_or_in_the_settings() {
    let home = TestHome::new();
    let answer = home.run(&["status", "--database-password-file", "-"]);
    refuses(&answer, "which standard input cannot be");
    let answer = home.run(&["status", "--database-password-file", "~/p"]);
    refuses(&answer, "a leading `~` is not expanded here");
    let settings = home.write("settings", "database_password_file = \"p\"\n");
    let settings = settings.to_str().unwrap();
    let answer = home.run(&["status", "--config", settings]);
    refuses(&answer, "has `p`, which is not an absolute path");
}

#[test]
fn no_secret_replaces_what_a_database_is_opened_with() {
    let home = TestHome::with_sample_data();
    let file = home.write("password", "canary");
    let file = file.to_str().unwrap();
    let settings = fs::read_to_string(home.config()).unwrap();
    let settings = format!("{settings}database_password_file = {file:?}\n");
    let settings = home.write("settings", &settings);
    let settings = settings.to_str().unwrap();
    let add = [
        "token",
        "add",
        "github/a",
        "--to",
        "file:password",
        "--overwrite",
    ];
    for named in [["--database-password-file", file], ["--config", settings]] {
        let said = home.fails(43, &[&add[..], &named].concat());
        assert!(said.contains("belongs to the store"), "{said}");
    }
    let key = format!("postgres://h/d?sslcert=/c&sslkey={file}");
    let said = home.fails(43, &[&add[..], &["--store", &key]].concat());
    assert!(said.contains("belongs to the store"), "{said}");
    assert_eq!(fs::read_to_string(file).unwrap(), "canary");
}

#[test]
fn what_can_be_pasted_names_the_database_again_if_it_is_one() {
    let home = TestHome::empty();
    let url = format!("{NOBODY}&schema=x&sslmode=require");
    let too_long = ["unlock", "--for", "30d", "--store"];
    let allowed = ["--database-password-file", "p", "--allow-insecure-database"];
    let said = home.fails(6, &[&too_long[..], &[&url], &allowed].concat());
    let again = format!(
        "hint: hallpass --store '{url}' --database-password-file p --allow-insecure-database unlock"
    );
    assert!(said.contains(&again), "{said}");
    let said = home.fails(6, &[&too_long[..], &["postgres://ann/canary/d"]].concat());
    assert!(said.contains("hint: hallpass unlock"), "{said}");
    assert!(!said.contains("canary"), "{said}");
}

#[test]
fn a_shell_is_answered_without_a_word_about_the_database() {
    let home = TestHome::empty();
    for url in [NOBODY, "postgres://ann:canary@h/d", "postgres://h/d?x=y"] {
        let line = ["--", "hallpass", "--store", url, "profile", "show", ""];
        let variables = [("HALLPASS_COMPLETE", "bash")];
        let answer = with(&home, &variables, &line);
        assert_eq!((answer.code, answer.err.as_str()), (0, ""), "{url}");
        assert!(!answer.out.contains("canary"), "{answer:?}");
    }
}

#[test]
fn the_tables_are_described_without_a_server() {
    let home = TestHome::empty();
    let schema = |more: &[&str]| {
        let line = ["store", "schema", "--store", "postgres://h/d?schema=x"];
        home.run(&[&line[..], more].concat())
    };
    let printed = schema(&["--role", "my app"]);
    assert_eq!((printed.code, printed.err.as_str()), (0, ""));
    assert!(
        printed
            .out
            .starts_with("BEGIN;\nCREATE SCHEMA IF NOT EXISTS \"x\";\n")
    );
    let grants = "GRANT SELECT, INSERT ON \"x\".log TO \"my app\";\nCOMMIT;\n";
    assert!(printed.out.ends_with(grants), "{}", printed.out);
    let pruning = schema(&["--role", "my app", "--allow-prune", "-o", "json"]);
    let shown: serde_json::Value = serde_json::from_str(&pruning.out).unwrap();
    assert_eq!(shown["role"], "my app");
    assert_eq!(shown["created"], false);
    let sql = shown["sql"].as_str().unwrap();
    assert!(sql.contains("GRANT SELECT, INSERT, DELETE ON \"x\".log TO"));
    refuses(&schema(&[]), "--role");
    refuses(&schema(&["--role", "public"]), "a word of SQL");
    refuses(&schema(&["--role", "app", "-o", "csv"]), "not a list");
    let line = ["store", "schema", "--role", "app", "--store"];
    let file = home.run(&[&line[..], &["store.db"]].concat());
    refuses(&file, "only a database has a schema");
    let away = home.run(&[&line[..], &[NOBODY, "--run"]].concat());
    assert_eq!(away.code, 42, "{away:?}");
}
