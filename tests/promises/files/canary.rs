//! T21: marked secrets run through every command, and are found nowhere but where they belong.
//!
//! Secrets are looked for in everything that is printed, in the store and what lies beside it, in
//! backups, in the settings and in the state folder. Names and texts are shown to who may see
//! them, so they are looked for in the files alone.

use std::collections::BTreeSet;
use std::fs;

mod asked;
mod delivered;
mod filled;
mod needle;

use needle::{Needle, find, token};

use super::text;
use crate::promises::{files_below, root};
use crate::support::Home;

use filled::{fill, set_up};

use asked::ask;

const PASSPHRASE: &str = "canary passphrase: seven quiet otters 5309";
const PASSPHRASE_TWO: &str = "canary passphrase: nine loud herons 8471";
const PASSWORD: &str = "canary password: eleven slow badgers 2260";
const MAIL: &str = "canary mail password: four red herrings 3117";
const FOREIGN_DECLARED: &str = "cnry_2Lk7fQ9mZx4Rw1Tb8Vn3Yp6Hs0Jd5GcDf";
const FORMATS: [&str; 4] = ["table", "json", "jsonl", "csv"];
const WRONG: &str = "canary wrong password: two fast snails 9913";

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
        #[cfg(feature = "server")]
        for (code, url) in [(1, "unix:/nonexistent.sock"), (2, held.as_str())] {
            watch.ends(code, &[&["health", url][..], &output].concat(), "");
        }
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
    let copy = ["store", "copy", "--to", "copies/copied.db", "--keep-source"];
    watch.run(&copy, "");
    #[cfg(feature = "postgres")]
    {
        let schema = ["store", "schema", "--role", "app", "--store"];
        watch.run(&[&schema[..], &["postgres://h/d"]].concat(), "");
    }
    // There is nothing to accept.
    watch.ends(6, &["store", "accept", "--clock"], "");
    #[cfg(feature = "server")]
    {
        let listen = ["--listen", "127.0.0.1:0", "--metrics-listen", "off"];
        watch.run(&[&["serve", "--check"][..], &listen].concat(), "");
    }
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
