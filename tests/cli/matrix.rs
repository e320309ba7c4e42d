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
use std::thread;

use rustix::fs::{FlockOperation, OFlags, fcntl_setfl, flock};
use serde_json::Value;

use crate::support::test_home::{Answer, TestHome};

mod outcomes;

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
