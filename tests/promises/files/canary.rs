//! T21: marked secrets run through every command, and are found nowhere but where they belong.
//!
//! Secrets are looked for in everything that is printed, in the store and what lies beside it, in
//! backups, in the settings and in the state folder. Names and texts are shown to who may see
//! them, so they are looked for in the files alone.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use data_encoding::BASE32_NOPAD;

mod delivered;
mod needle;

use delivered::{codes, declare};
use needle::{Needle, find, key_file, recovery, token};

use super::text;
use crate::promises::{files_below, root};
use crate::support::Home;

const PASSPHRASE: &str = "canary passphrase: seven quiet otters 5309";
const PASSPHRASE_TWO: &str = "canary passphrase: nine loud herons 8471";
const PASSWORD: &str = "canary password: eleven slow badgers 2260";
const MAIL: &str = "canary mail password: four red herrings 3117";
const FOREIGN_DECLARED: &str = "cnry_2Lk7fQ9mZx4Rw1Tb8Vn3Yp6Hs0Jd5GcDf";
const FOREIGN: &str = "cnry_7fQ2mZx9Lk4Rw8Tb1Vn6Yp3Hs5Jd0GcAe";
const WRONG: &str = "canary wrong password: two fast snails 9913";
const FORMATS: [&str; 4] = ["table", "json", "jsonl", "csv"];

/// A home, what was run in it, and the secrets that are known so far.
struct Watch {
    home: Home,
    needles: Vec<Needle>,
    ran: BTreeSet<String>,
}

impl Watch {
    fn new() -> Self {
        let home = Home::new();
        home.write("passphrase", PASSPHRASE);
        home.write("passphrase-two", PASSPHRASE_TWO);
        home.write("password", PASSWORD);
        home.write("mail", MAIL);
        let needles =
            [PASSPHRASE, PASSPHRASE_TWO, PASSWORD, MAIL, WRONG].map(|it| Needle::text(it, it));
        Self {
            home,
            needles: needles.into(),
            ran: BTreeSet::new(),
        }
    }

    /// Runs a command that must succeed; nothing secret may be in what it prints.
    #[track_caller]
    fn run(&mut self, arguments: &[&str], input: &str) -> Vec<u8> {
        self.ends(0, arguments, input)
    }

    /// As [`Self::run`], for a command that ends with `code`.
    #[track_caller]
    fn ends(&mut self, code: i32, arguments: &[&str], input: &str) -> Vec<u8> {
        let (out, err) = self.take(code, arguments, input);
        self.look(&format!("the output of {arguments:?}"), &out);
        self.look(&format!("the talk of {arguments:?}"), &err);
        self.look_at_files();
        out
    }

    /// Runs a command that prints a secret and succeeds; the secret is told to the searches from now on.
    #[track_caller]
    fn issue(&mut self, arguments: &[&str], known: impl FnOnce(&str) -> Vec<Needle>) -> String {
        let (out, err) = self.take(0, arguments, "");
        let secret = text(&out).trim().to_owned();
        let new = known(&secret);
        assert!(
            new.iter().any(|it| it.is_in(&out)),
            "or the search finds nothing"
        );
        self.needles.extend(new);
        self.look(&format!("the talk of {arguments:?}"), &err);
        self.look_at_files();
        secret
    }

    /// As [`Self::issue`], for one whose program says it on standard error.
    #[track_caller]
    fn talk(&mut self, arguments: &[&str], known: impl FnOnce(&str) -> Vec<Needle>) {
        let (out, err) = self.take(0, arguments, "");
        assert_eq!(text(&out), "");
        let said = text(&err);
        let (secret, rest) = said.split_once('\n').unwrap();
        self.needles.extend(known(secret));
        self.look(&format!("the talk of {arguments:?}"), rest.as_bytes());
        self.look_at_files();
    }

    /// What a command prints, which must end with `code`: one that stops early proves nothing.
    #[track_caller]
    fn take(&mut self, code: i32, arguments: &[&str], input: &str) -> (Vec<u8>, Vec<u8>) {
        self.answers(&[code], arguments, input)
    }

    #[track_caller]
    fn answers(&mut self, codes: &[i32], arguments: &[&str], input: &str) -> (Vec<u8>, Vec<u8>) {
        let words = arguments.iter().take_while(|word| !word.starts_with('-'));
        self.ran
            .insert(words.take(3).copied().collect::<Vec<_>>().join("-"));
        let mut command = self.home.hallpass(arguments);
        let output = command.args(["--yes"]).write_stdin(input).output().unwrap();
        let code = output.status.code().unwrap();
        assert!(
            codes.contains(&code),
            "{arguments:?}: {code}: {}",
            text(&output.stderr)
        );
        (output.stdout, output.stderr)
    }

    fn look(&self, place: &str, hay: &[u8]) {
        let found = find(&self.needles, hay).map(|needle| &needle.name);
        assert_eq!(found, None, "in {place}");
    }

    /// Everything the program wrote, but the files that are there to hold a secret.
    fn look_at_files(&self) {
        for path in self.written() {
            self.look(path.to_str().unwrap(), &fs::read(&path).unwrap());
        }
    }

    fn written(&self) -> Vec<std::path::PathBuf> {
        let own = ["data", "config", "state", "backups"];
        own.iter()
            .flat_map(|folder| files_below(&self.home.file(folder)))
            .collect()
    }

    fn is_written(&self, needle: &Needle) -> bool {
        self.written()
            .iter()
            .any(|path| needle.is_in(&fs::read(path).unwrap()))
    }
}

#[test]
fn no_secret_is_anywhere_it_should_not_be() {
    let mut watch = Watch::new();
    set_up(&mut watch);
    fill(&mut watch);
    ask(&mut watch);
    fail(&mut watch);
    keep(&mut watch);
    take_away(&mut watch);
    every_command_was_run(&watch);
    no_text_is_in_a_file_in_the_clear(&watch);
}

/// A passphrase, a key file, two recovery codes.
fn set_up(watch: &mut Watch) {
    let passphrase = ["--passphrase-file", "passphrase"];
    let init = ["init", "--recovery-file", "papers/one"];
    watch.run(&[&init[..], &passphrase].concat(), "");
    watch
        .needles
        .extend(recovery(&watch.home.file("papers/one")));
    let add = ["store", "key", "add"];
    watch.run(
        &[&add[..], &["--new-key-file", "keys/store.key"], &passphrase].concat(),
        "",
    );
    let key = watch.home.file("keys/store.key");
    watch.needles.extend(key_file(&key));
    assert!(
        watch.needles.last().unwrap().is_in(&key_bytes(&key)),
        "or the search finds nothing"
    );
    fs::create_dir_all(watch.home.config().parent().unwrap()).unwrap();
    let settings = format!("key_file = \"{}\"\n", key.display());
    fs::write(watch.home.config(), settings).unwrap();
    watch.run(&[&add[..], &["--recovery-file", "papers/two"]].concat(), "");
    watch
        .needles
        .extend(recovery(&watch.home.file("papers/two")));
    watch.run(
        &[&add[..], &["--new-passphrase-file", "passphrase-two"]].concat(),
        "",
    );
}

fn key_bytes(path: &Path) -> Vec<u8> {
    let line = fs::read_to_string(path).unwrap();
    BASE32_NOPAD
        .decode(line.split(':').nth(2).unwrap().as_bytes())
        .unwrap()
}

/// Something of everything; every name and text begins with `Canary`.
fn fill(watch: &mut Watch) {
    watch.home.write("guide", "CanaryGuide: turn the handle");
    let about = ["--description", "CanaryText of any sort"];
    watch.run(
        &[&["environment", "add", "CanaryEnvironment"][..], &about].concat(),
        "",
    );
    watch.run(
        &["environment", "edit", "CanaryEnvironment", "--default"],
        "",
    );
    let connection = [
        "connection",
        "add",
        "CanaryConnection",
        "--group",
        "CanaryGroup",
    ];
    watch.run(
        &[&connection[..], &["--guide-file", "guide"], &about].concat(),
        "",
    );
    watch.run(
        &[
            "connection",
            "edit",
            "CanaryConnection",
            "--token-lifetime",
            "90d",
        ],
        "",
    );
    let profile = [
        "profile",
        "add",
        "CanaryProfile",
        "--connection",
        "CanaryConnection",
    ];
    let more = [
        "--group",
        "CanaryGroup",
        "--email",
        "CanaryAddress@example.com",
    ];
    let password = ["--password-file", "password"];
    watch.run(&[&profile[..], &more, &password, &about].concat(), "");
    watch.run(
        &[
            "profile",
            "edit",
            "CanaryProfile",
            "--add-group",
            "CanaryOther",
        ],
        "",
    );
    let add = [
        "token",
        "add",
        "CanaryProfile/CanaryToken",
        "--device",
        "CanaryDevice",
    ];
    watch.issue(&add, |secret| token("a token", secret));
    for form in ["xml", "hex", "header"] {
        let address = format!("CanaryProfile/{form}");
        let add = ["token", "add", &address, "--form", form, "--device", form];
        watch.issue(&add, |secret| token(form, secret));
    }
    let there = [
        "token",
        "add",
        "CanaryProfile/there",
        "--device",
        "there",
        "--to",
        "command:cat",
    ];
    watch.talk(&there, |secret| token("a token for a command", secret));
    for (n, to) in ["file:papers/token", "env:papers/env#T"]
        .into_iter()
        .enumerate()
    {
        let address = format!("CanaryProfile/elsewhere{n}");
        watch.run(
            &["token", "add", &address, "--device", &address, "--to", to],
            "",
        );
    }
    let ensure = [
        "token",
        "ensure",
        "CanaryProfile/ensured",
        "--to",
        "file:papers/ensured",
    ];
    watch.run(&ensure, "");
    let held = fs::read_to_string(watch.home.file("papers/ensured")).unwrap();
    watch.needles.extend(token("an ensured token", &held));
    watch.run(&ensure, "");
    declare(watch);
    let held = fs::read_to_string(watch.home.file("papers/token")).unwrap();
    watch.needles.extend(token("a token in a file", &held));
    let held = fs::read_to_string(watch.home.file("papers/env")).unwrap();
    watch.needles.extend(token(
        "a token in a .env file",
        held.strip_prefix("T=").unwrap(),
    ));
    let rotate = [
        "token",
        "rotate",
        "CanaryProfile/CanaryToken",
        "--request-id",
        "CanaryRequest",
    ];
    watch.issue(&rotate, |secret| token("a successor", secret));
    let first = ["profile", "add", "CanarySecond", "--token", "first"];
    watch.issue(&first, |secret| token("a profile's first token", secret));
    let login = ["login", "CanaryProfile", "--password-file", "password"];
    watch.issue(&login, |secret| token("a login", secret));
    let from = [
        "--from",
        "CanarySender <canary@example.com>",
        "--password-file",
        "mail",
    ];
    watch.run(
        &[
            &["mail", "set", "smtps://CanaryUser@localhost:1"][..],
            &from,
        ]
        .concat(),
        "",
    );
    let outbox = format!("outbox:{}", watch.home.file("outbox").display());
    let own = ["mail", "set", &outbox, "--environment", "CanaryEnvironment"];
    watch.run(&[&own[..], &["--from", "canary@example.com"]].concat(), "");
    codes(watch);
    let generate = ["password", "set", "CanarySecond", "--generate"];
    watch.issue(&generate, |secret| {
        vec![Needle::text("a generated password", secret)]
    });
}

/// Whatever reads, in every format, with secrets as input.
fn ask(watch: &mut Watch) {
    let held = watch.issue(&["token", "add", "CanarySecond/held"], |it| {
        token("held", it)
    });
    watch
        .needles
        .push(Needle::text("a token of another system", FOREIGN));
    watch.run(
        &["token", "add", "CanarySecond/foreign", "--value-file", "-"],
        FOREIGN,
    );
    watch.ends(
        4,
        &["token", "add", "CanarySecond/again", "--value-file", "-"],
        FOREIGN,
    );
    for format in FORMATS {
        let output = ["-o", format];
        for arguments in [
            &["environment", "list"][..],
            &["environment", "show", "CanaryEnvironment"],
            &["connection", "list"],
            &["connection", "show", "CanaryConnection"],
            &["connection", "guide", "CanaryConnection"],
            &[
                "connection",
                "guide",
                "CanaryConnection",
                "--template",
                "profit",
            ],
            &["profile", "list"],
            &["profile", "show", "CanaryProfile"],
            &["token", "list", "--all"],
            &["token", "prune", "--older-than", "1d", "--dry-run"],
            &["token", "show", "CanaryProfile/CanaryToken"],
            &["status"],
            &["store", "info"],
            &["store", "check"],
            &["store", "key", "list"],
            &["mail", "show"],
            &["mail", "test", "--environment", "CanaryEnvironment"],
            &["audit", "list"],
            &["audit", "verify"],
            &["audit", "head"],
            &["audit", "export"],
            &[
                "password",
                "verify",
                "CanaryProfile",
                "--password-file",
                "password",
            ],
        ] {
            watch.run(&[arguments, &output].concat(), "");
        }
        watch.run(&[&["verify"][..], &output].concat(), &held);
        watch.run(&[&["verify"][..], &output].concat(), FOREIGN);
        watch.run(
            &[&["token", "show", "--token-file", "-"][..], &output].concat(),
            &held,
        );
        watch.run(
            &[&["token", "show", "--token-file", "-"][..], &output].concat(),
            FOREIGN,
        );
        watch.ends(7, &[&["token", "identify"][..], &output].concat(), &held);
        let page = format!("page-{format}");
        watch.ends(7, &[&["review", "--html", &page][..], &output].concat(), "");
        watch.look(&page, &fs::read(watch.home.file(&page)).unwrap());
    }
    watch.run(&["status", "--passphrase-file", "passphrase"], "");
    unlock(watch);
    watch.run(&["completions", "bash"], "");
}

/// What is kept for a while is kept by the kernel, or by nobody: in a file it never is.
fn unlock(watch: &mut Watch) {
    let unlock = ["unlock", "--passphrase-file", "passphrase"];
    let (out, err) = watch.answers(&[0, 1], &unlock, "");
    watch.look("the output of unlock", &out);
    watch.look("the talk of unlock", &err);
    watch.look_at_files();
    watch.run(&["lock"], "");
}

/// Whatever fails with a secret in hand.
fn fail(watch: &mut Watch) {
    let held = watch.issue(&["token", "add", "CanarySecond/other"], |it| {
        token("other", it)
    });
    let cut = &held[..held.len() - 1];
    watch
        .needles
        .push(Needle::text("a mistyped token", &held[6..50]));
    for format in ["table", "json"] {
        let output = ["-o", format];
        let from = ["--password-file", "-"];
        let verify = ["password", "verify", "CanaryProfile"];
        watch.ends(11, &[&verify[..], &from, &output].concat(), WRONG);
        watch.ends(
            11,
            &[&["login", "CanaryProfile"][..], &from, &output].concat(),
            WRONG,
        );
        let as_passphrase = if format == "table" { WRONG } else { &held };
        let list = ["profile", "list", "--passphrase-file", "-"];
        watch.ends(20, &[&list[..], &output].concat(), as_passphrase);
        let weak = ["profile", "add", "weak", "--password-file", "-"];
        watch.ends(6, &[&weak[..], &output].concat(), "Canary1");
        watch.ends(10, &[&["verify"][..], &output].concat(), cut);
        watch.ends(
            3,
            &[&["verify", "--connection", "nobody"][..], &output].concat(),
            &held,
        );
        // Typed where it does not belong.
        watch.ends(2, &[&["token", "show", &held][..], &output].concat(), "");
        watch.ends(2, &[&["verify", &held][..], &output].concat(), "");
        watch.ends(2, &[&["profile", "show", &held][..], &output].concat(), "");
        watch.ends(
            2,
            &[&["verify", "--token-file", &held][..], &output].concat(),
            "",
        );
        // A file of another sort than the option wants.
        let passphrase = ["profile", "list", "--key-file", "passphrase"];
        watch.ends(20, &[&passphrase[..], &output].concat(), "");
        let config = ["profile", "list", "--config", "passphrase"];
        watch.ends(2, &[&config[..], &output].concat(), "");
    }
    watch.ends(
        20,
        &["profile", "list", "--passphrase-file", "keys/store.key"],
        "",
    );
    // A menu is for people.
    watch.ends(2, &["profile", "manage", "CanaryProfile"], "");
    watch.ends(1, &["mail", "test"], "");
    let url = format!("smtp://user:{}@localhost", WRONG.replace(' ', "%20"));
    watch.ends(2, &["mail", "set", &url, "--from", "a@example.com"], "");
}

/// Copies.
fn keep(watch: &mut Watch) {
    fs::create_dir(watch.home.file("backups")).unwrap();
    watch.run(&["store", "backup", "backups/one.db"], "");
    watch.run(&["store", "restore", "backups/one.db"], "");
    // There is nothing to accept.
    watch.ends(6, &["store", "accept", "--clock"], "");
    // Its secrets are of a store that is gone again.
    watch.run(&["demo", "-o", "csv"], "");
}

/// The other half of the commands: changes, and ends.
fn take_away(watch: &mut Watch) {
    for arguments in [
        &[
            "profile",
            "suspend",
            "CanaryProfile",
            "--reason",
            "CanaryReason: why not",
        ][..],
        &["profile", "resume", "CanaryProfile"],
        &[
            "token",
            "suspend",
            "CanaryProfile/hex",
            "--reason",
            "CanaryReason: why not",
        ],
        &["token", "resume", "CanaryProfile/hex"],
        &[
            "token",
            "revoke",
            "CanaryProfile/hex",
            "--reason",
            "CanaryReason: why not",
        ],
        &[
            "connection",
            "block",
            "CanaryConnection",
            "--reason",
            "CanaryReason: why not",
        ],
        &["connection", "unblock", "CanaryConnection"],
        &["connection", "rotate-key", "CanaryConnection"],
        &["environment", "rotate-key", "CanaryEnvironment"],
        &["password", "clear", "CanarySecond"],
        &["mail", "clear"],
        &["profile", "delete", "CanarySecond"],
        &["connection", "add", "passing"],
        &["connection", "delete", "passing"],
        &["environment", "add", "passing"],
        &["environment", "delete", "passing"],
    ] {
        watch.run(arguments, "");
    }
    let keys = watch.run(&["store", "key", "list", "-o", "csv"], "");
    let keys = text(&keys);
    let other = keys.lines().find(|line| line.contains("recovery")).unwrap();
    let id = other.split('"').nth(1).unwrap();
    watch.run(&["store", "key", "remove", id], "");
}

/// Each page of `man/` in section 1 that is not of a group stands for a command; section 5 is about
/// files.
fn every_command_was_run(watch: &Watch) {
    let mut pages = files_below(&root().join("man"));
    pages.retain(|page| page.extension().is_some_and(|section| section == "1"));
    assert!(pages.len() > 40, "{}", pages.len());
    let names: Vec<_> = pages
        .iter()
        .map(|it| it.file_stem().unwrap().to_str().unwrap())
        .collect();
    let groups = |name: &str| {
        names
            .iter()
            .any(|other| other.starts_with(&format!("{name}-")))
    };
    // `connection-rotate-key` is a command below `connection`, `rotate` is none.
    let commands = names.iter().filter(|name| !groups(name));
    for command in commands.filter_map(|name| name.strip_prefix("hallpass-")) {
        let ran = watch
            .ran
            .iter()
            .any(|it| it == command || it.starts_with(&format!("{command}-")));
        assert!(ran, "{command} was not tried; it was: {:?}", watch.ran);
    }
}

fn no_text_is_in_a_file_in_the_clear(watch: &Watch) {
    let premise = Needle::text("the key's place", "store.key");
    assert!(
        watch.is_written(&premise),
        "the settings name it, or the search finds nothing"
    );
    let database = Needle::text("SQLite's mark", "SQLite format 3");
    assert!(
        watch.is_written(&database),
        "the store is searched, or the search finds nothing"
    );
    for word in ["canary", "example.com", "production", "192.0.2"] {
        for spelled in [
            word.to_owned(),
            word.to_uppercase(),
            word.replacen('c', "C", 1),
        ] {
            assert!(
                !watch.is_written(&Needle::text(word, &spelled)),
                "{spelled} is in a file"
            );
        }
    }
}
