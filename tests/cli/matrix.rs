//! Every command that makes a secret, with every place that it can go to (`--to`), which fails, hangs,
//! and is slow because it uses the store itself.
//!
//! What was not delivered is not valid, and everything is as it was; nobody waits for a place but the
//! command that delivers. What else there is to say of each place is in `sinks`.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File};
use std::io::{PipeReader, PipeWriter, pipe};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::process::{Command, Stdio};
use std::thread::{self, ScopedJoinHandle};

use rustix::fs::{FlockOperation, OFlags, fcntl_setfl, flock};
use serde_json::Value;

use crate::support::test_home::{Answer, TestHome};

const HALLPASS: &str = env!("CARGO_BIN_EXE_hallpass");

/// A token of another store.
pub(super) const OLD: &str = "hpass_063UfDVRKBz000A7dl5PEW67zZCpFU9uKaHnGgOvQKAR4bj7ez";

/// A command that makes a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Maker {
    Add,
    Rotate,
    Ensure,
    Profile,
    Password,
    Login,
    Validate,
    Apply,
}

pub(super) const MAKERS: [Maker; 8] = [
    Maker::Add,
    Maker::Rotate,
    Maker::Ensure,
    Maker::Profile,
    Maker::Password,
    Maker::Login,
    Maker::Validate,
    Maker::Apply,
];

impl Maker {
    /// The command, without the place.
    pub(super) fn words(self, code: &str) -> Vec<&str> {
        match self {
            Self::Add => vec!["token", "add", "github/new"],
            Self::Rotate => vec!["token", "rotate", "github/old"],
            Self::Ensure => vec!["token", "ensure", "github/new"],
            Self::Profile => vec!["profile", "add", "web", "--token", "new"],
            Self::Password => vec!["password", "set", "github", "--generate", "--yes"],
            Self::Login => vec!["login", "github", "--password-file", "password"],
            Self::Validate => vec!["otp", "validate", "anna", "--connection", "hr", code],
            Self::Apply => vec!["apply", "declared.toml"],
        }
    }

    /// Whether it can put its secret there: what has to be read again is a file.
    fn knows(self, place: Place) -> bool {
        match place {
            Place::File | Place::Env => true,
            Place::Descriptor => !matches!(self, Self::Ensure | Self::Apply),
            Place::Command => self != Self::Ensure,
        }
    }

    /// Whether a token can be seen that is on its way.
    fn is_seen(self) -> bool {
        !matches!(self, Self::Password | Self::Apply)
    }
}

/// A kind of place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    File,
    Env,
    Descriptor,
    Command,
}

/// A store with something for one command to do, and folder `out`, in which something stands.
struct Cell {
    stage: TestHome,
    maker: Maker,
    place: Place,
    /// A code that was mailed.
    code: String,
    /// The password before.
    old: String,
}

impl Cell {
    fn new(maker: Maker, place: Place) -> Self {
        let stage = TestHome::with_sample_data();
        folder(&stage, "out");
        stage.write("out/file", &format!("{OLD}\n"));
        stage.write("out/env", &format!("A=1\nT={OLD}\nB=2\n"));
        let (mut code, mut old) = (String::new(), String::new());
        match maker {
            Maker::Rotate => drop(stage.token(&["github/old"])),
            Maker::Password | Maker::Login => {
                stage.done(&[
                    "password",
                    "set",
                    "github",
                    "--generate",
                    "--to",
                    "file:password",
                ]);
                old = fs::read_to_string(stage.file("password")).unwrap();
            }
            Maker::Validate => {
                folder(&stage, "mails");
                let url = format!("outbox:{}", stage.file("mails").display());
                stage.done(&["mail", "set", &url, "--from", "a@example.com"]);
                stage.done(&["profile", "add", "anna", "--email", "anna@example.com"]);
                let request = [
                    "otp",
                    "request",
                    "anna",
                    "--connection",
                    "hr",
                    "--print-code",
                ];
                stage.done(&request).out.trim_end().clone_into(&mut code);
            }
            _ => {}
        }
        Self {
            stage,
            maker,
            place,
            code,
            old,
        }
    }

    /// Runs the command; `command` is what a command does that gets the secret, and `redirection`
    /// what descriptor 3 is.
    fn run(&self, command: &str, redirection: &str, more: &[&str]) -> Answer {
        let to = match self.place {
            Place::File => "file:out/file",
            Place::Env => "env:out/env#T",
            Place::Descriptor => "fd:3",
            Place::Command => &format!("command:{command}"),
        };
        let mut words = self.maker.words(&self.code);
        if self.maker == Maker::Apply {
            let declared = format!("[profiles.web.tokens.new]\nto = {to:?}\n");
            self.stage.write("declared.toml", &declared);
        } else {
            words.extend(["--to", to]);
        }
        self.stage.redirected(redirection, &[&words, more].concat())
    }

    /// What stands in the folder, beside what a command took.
    fn held(&self) -> BTreeMap<String, String> {
        let files = fs::read_dir(self.stage.file("out"))
            .unwrap()
            .map(|it| it.unwrap());
        let files = files.filter(|it| it.file_type().unwrap().is_file());
        let named = files.map(|it| (it.file_name().into_string().unwrap(), it.path()));
        let kept = named.filter(|(name, _)| name != "got");
        kept.map(|(name, path)| (name, fs::read_to_string(path).unwrap()))
            .collect()
    }

    /// What must be the same after a delivery that failed. A password that was right was used all the
    /// same.
    fn state(&self) -> [Value; 3] {
        let list = |noun| self.stage.json(&[noun, "list"]);
        let mut profiles = list("profile");
        for profile in profiles.as_array_mut().unwrap() {
            profile["last_used_at"] = Value::Null;
        }
        [profiles, list("connection"), list("token")]
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.stage.file(name)).unwrap()
    }

    /// How the secret is judged that stands in `text`.
    fn verdict(&self, text: &str) -> i32 {
        let judge: &[&str] = match self.maker {
            Maker::Password => &["password", "verify", "github", "--password-file", "-"],
            _ => &["verify"],
        };
        self.stage.piped(judge, text.trim()).code
    }

    /// Nothing came of a call: what it made is good for nothing, and what was there is there.
    #[track_caller]
    fn is_as_before(&self, answer: &Answer, before: &([Value; 3], BTreeMap<String, String>)) {
        assert_eq!((answer.code, answer.out.as_str()), (51, ""), "{answer:?}");
        self.stage.done(&["store", "check"]);
        assert_eq!((self.state(), self.held()), *before);
        let all = self.stage.json(&["token", "list", "--all"]);
        let live = before.0[2].as_array().unwrap();
        for token in all.as_array().unwrap() {
            assert!(
                live.contains(token) || token["effective"] == "revoked",
                "{token}"
            );
        }
        if self.place == Place::Command {
            assert_eq!(
                self.verdict(&self.text("out/got")),
                11,
                "it was had, and is not good"
            );
        }
    }

    fn fails(&self) {
        let before = (self.state(), self.held());
        // In the way of the new file, so that it cannot be made.
        fs::create_dir(self.stage.file("out/.hallpass-new")).unwrap();
        let answer = self.run("cat >out/got; exit 3", "3>/dev/full", &[]);
        fs::remove_dir(self.stage.file("out/.hallpass-new")).unwrap();
        self.is_as_before(&answer, &before);
    }

    fn hangs(&self) {
        let before = (self.state(), self.held());
        let (pipe, lock) = (Full::new(), self.lock());
        let limit = ["--sink-timeout", "1s"];
        let answer = thread::scope(|scope| {
            let hang = || self.run("cat >out/got; sleep 600", &pipe.redirection(), &limit);
            let call = scope.spawn(hang);
            self.stage.done(&["environment", "add", "meanwhile"]);
            call.join().unwrap()
        });
        drop((pipe, lock));
        self.is_as_before(&answer, &before);
    }

    /// Somebody takes back what is on its way: it is taken out of its place again.
    fn is_overtaken(&self) {
        let (before, lock) = ((self.state(), self.held()), self.lock());
        let answer = thread::scope(|scope| {
            let call = scope.spawn(|| self.run("", "", &[]));
            let token = self.on_its_way(&call);
            let taken_back = match self.maker {
                Maker::Profile => ["profile", "delete", "web", "--yes"],
                _ => ["token", "revoke", &token, "--yes"],
            };
            self.stage.done(&taken_back);
            drop(lock);
            call.join().unwrap()
        });
        self.is_as_before(&answer, &before);
    }

    /// The place takes its secret only after somebody else has written to the store, who would be told
    /// that it is busy if the call held it for that long.
    fn is_slow(&self) {
        let write = format!("\"{HALLPASS}\" environment add inner -q >&2; echo $? >>code");
        let judge = if self.maker == Maker::Password {
            "password verify github --password-file -"
        } else {
            "verify"
        };
        let judge = format!("\"{HALLPASS}\" {judge} <out/got >&2; echo $? >code");
        let command = format!("cat >out/got; {judge}; {write}");
        let (pipe, lock) = (Full::new(), self.lock());
        let redirection = pipe.redirection();
        let answer = thread::scope(|scope| {
            let call = scope.spawn(|| self.run(&command, &redirection, &[]));
            if let Some(lock) = lock {
                if self.maker.is_seen() {
                    self.on_its_way(&call);
                }
                self.stage.done(&["environment", "add", "inner"]);
                drop(lock);
            }
            let reads = self.place == Place::Descriptor;
            let reader = reads.then(|| self.reader(&pipe, &format!("{write}; cat >out/got")));
            let answer = call.join().unwrap();
            drop(pipe);
            assert!(reader.is_none_or(|mut it| it.wait().unwrap().success()));
            answer
        });
        assert_eq!(answer.code, 0, "{answer:?}");
        match self.place {
            Place::Descriptor => assert_eq!(self.text("code"), "0\n"),
            Place::Command => assert_eq!(self.text("code"), "11\n0\n", "not good before its time"),
            Place::File | Place::Env => {}
        }
        assert_eq!(self.verdict(&self.delivered()), 0);
        if self.maker == Maker::Password {
            assert_eq!(self.verdict(&self.old), 11);
        }
        self.stage.done(&["environment", "show", "inner"]);
        self.stage.done(&["store", "check"]);
    }

    /// The secret, out of its place, in which everything else is as it was.
    fn delivered(&self) -> String {
        if self.place != Place::Env {
            return self.text(if self.place == Place::File {
                "out/file"
            } else {
                "out/got"
            });
        }
        let text = self.text("out/env");
        let value = text
            .strip_prefix("A=1\nT=")
            .and_then(|it| it.strip_suffix("\nB=2\n"));
        value.unwrap().to_owned()
    }

    /// The id of the token that a call delivers.
    fn on_its_way(&self, call: &ScopedJoinHandle<'_, Answer>) -> String {
        loop {
            assert!(!call.is_finished(), "it waits for its place");
            let tokens = self.stage.json(&["token", "list"]);
            let mut tokens = tokens.as_array().unwrap().iter();
            if let Some(token) = tokens.find(|it| it["state"] == "pending") {
                return token["id"].as_str().unwrap().to_owned();
            }
        }
    }

    /// Holds the folder, if the place is in it.
    fn lock(&self) -> Option<File> {
        if !matches!(self.place, Place::File | Place::Env) {
            return None;
        }
        let folder = File::open(self.stage.file("out")).unwrap();
        flock(&folder, FlockOperation::LockExclusive).unwrap();
        Some(folder)
    }

    /// Starts a line of shell that reads from the pipe.
    fn reader(&self, pipe: &Full, line: &str) -> std::process::Child {
        let command = self.stage.command(&[]);
        let mut shell = Command::new("/bin/sh");
        shell
            .args(["-c", line])
            .env_clear()
            .current_dir(self.stage.path())
            .stderr(Stdio::null());
        shell.envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        shell
            .stdin(pipe.reader.try_clone().unwrap())
            .spawn()
            .unwrap()
    }
}

fn folder(stage: &TestHome, name: &str) {
    DirBuilder::new()
        .mode(0o700)
        .create(stage.file(name))
        .unwrap();
}

/// A pipe with no room left.
struct Full {
    reader: PipeReader,
    writer: PipeWriter,
}

impl Full {
    fn new() -> Self {
        let (reader, writer) = pipe().unwrap();
        fcntl_setfl(&writer, OFlags::NONBLOCK).unwrap();
        while rustix::io::write(&writer, &[b'\n'; 4096]).is_ok() {}
        Self { reader, writer }
    }

    /// What makes it descriptor 3 of a shell's command.
    fn redirection(&self) -> String {
        format!(
            "3>/proc/{}/fd/{}",
            std::process::id(),
            self.writer.as_raw_fd()
        )
    }
}

/// Each command with a store of its own, all at the same time.
fn each(place: Place) {
    thread::scope(|scope| {
        for maker in MAKERS.into_iter().filter(|maker| maker.knows(place)) {
            let cell = move || {
                let cell = Cell::new(maker, place);
                cell.fails();
                cell.hangs();
                cell.is_slow();
                if maker.is_seen() && matches!(place, Place::File | Place::Env) {
                    Cell::new(maker, place).is_overtaken();
                }
            };
            let name = format!("{maker:?} to {place:?}");
            thread::Builder::new()
                .name(name)
                .spawn_scoped(scope, cell)
                .unwrap();
        }
    });
}

#[test]
fn a_file_that_fails_or_hangs_costs_nothing_and_a_slow_one_holds_no_lock() {
    each(Place::File);
}

#[test]
fn a_key_of_a_file_that_fails_or_hangs_costs_nothing_and_a_slow_one_holds_no_lock() {
    each(Place::Env);
}

#[test]
fn a_descriptor_that_fails_or_hangs_costs_nothing_and_a_slow_reader_may_use_the_store() {
    each(Place::Descriptor);
}

#[test]
fn a_command_that_fails_or_hangs_costs_nothing_and_one_that_uses_the_store_may_do_so() {
    each(Place::Command);
}

#[test]
fn a_time_limit_without_a_place_is_wrong_usage() {
    let stage = TestHome::empty();
    for maker in MAKERS.into_iter().filter(|maker| *maker != Maker::Apply) {
        let limited = [&maker.words("12345678")[..], &["--sink-timeout", "5s"]].concat();
        let said = stage.fails(2, &limited);
        assert!(
            said.starts_with("error: missing: --to"),
            "{maker:?}: {said}"
        );
    }
}
