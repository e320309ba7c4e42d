//! A home with a store that a key file opens, and what a command in it answers.

use std::ops::Deref;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::Home;
use super::pty::Terminal;

/// A home with a store, whose key lies in `keys/store.key`.
pub(crate) struct TestHome(Home);

/// What a command answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Deref for TestHome {
    type Target = Home;

    fn deref(&self) -> &Home {
        &self.0
    }
}

impl TestHome {
    pub(crate) fn new() -> Self {
        let stage = Self::empty();
        stage.done(&["init", "--new-key-file", "keys/store.key", "--no-recovery"]);
        stage
    }

    /// Without a store.
    pub(crate) fn empty() -> Self {
        Self(Home::new())
    }

    /// With connections `ci` and `hr`, and profile `github`, restricted to `ci`.
    pub(crate) fn with_sample_data() -> Self {
        let stage = Self::new();
        for connection in ["ci", "hr"] {
            stage.done(&["connection", "add", connection]);
        }
        stage.done(&["profile", "add", "github", "--connection", "ci"]);
        stage
    }

    /// Runs a command without a terminal, and with nothing on standard input.
    pub(crate) fn run(&self, arguments: &[&str]) -> Answer {
        self.piped(arguments, "")
    }

    /// Runs a command with `input` on standard input.
    pub(crate) fn piped(&self, arguments: &[&str], input: impl AsRef<[u8]>) -> Answer {
        let input = input.as_ref().to_vec();
        Answer::of(
            &self
                .hallpass(arguments)
                .write_stdin(input)
                .output()
                .unwrap(),
        )
    }

    /// Runs a command as a shell does that is told a redirection: `>&-`.
    pub(crate) fn redirected(&self, redirection: &str, arguments: &[&str]) -> Answer {
        let command = self.command(arguments);
        let mut shell = Command::new("/bin/sh");
        shell
            .arg("-c")
            .arg(format!("exec \"$@\" {redirection}"))
            .arg("sh");
        shell
            .arg(command.get_program())
            .args(command.get_args())
            .current_dir(self.path());
        shell.env_clear().envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        Answer::of(&shell.stdin(Stdio::null()).output().unwrap())
    }

    /// Runs a command that must succeed.
    #[track_caller]
    pub(crate) fn done(&self, arguments: &[&str]) -> Answer {
        let answer = self.run(arguments);
        assert_eq!(answer.code, 0, "{arguments:?}: {answer:?}");
        answer
    }

    /// Runs a command that must fail with `code`, and say nothing on standard output; returns what
    /// it said.
    #[track_caller]
    pub(crate) fn fails(&self, code: i32, arguments: &[&str]) -> String {
        let answer = self.run(arguments);
        assert_eq!(answer.code, code, "{arguments:?}: {answer:?}");
        assert_eq!(answer.out, "", "{arguments:?}");
        answer.err
    }

    /// The document that a command answers.
    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let answer = self.done(&[arguments, &["-o", "json"]].concat());
        serde_json::from_str(&answer.out).unwrap()
    }

    /// Starts a command on a terminal.
    pub(crate) fn terminal(&self, arguments: &[&str]) -> Terminal {
        Terminal::spawn(self.command(arguments))
    }

    /// Makes a token; returns it.
    #[track_caller]
    pub(crate) fn token(&self, arguments: &[&str]) -> String {
        self.done(&[&["token", "add"], arguments].concat())
            .out
            .trim_end()
            .to_owned()
    }

    /// The code and the reason that `verify` gives.
    #[track_caller]
    pub(crate) fn verdict(&self, token: &str, asked: &[&str]) -> (i32, String) {
        let ran = self.piped(&[&["verify", "-o", "json"], asked].concat(), token);
        let verdict: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(ran.err, "", "a verdict is a result");
        assert_eq!(verdict["exit"], ran.code);
        assert_eq!(verdict["valid"], ran.code == 0);
        (ran.code, verdict["reason"].as_str().unwrap().to_owned())
    }

    /// Everything that can be asked about the store's things.
    pub(crate) fn all(&self) -> [Value; 3] {
        ["environment", "connection", "profile"].map(|noun| self.json(&[noun, "list"]))
    }

    /// A command that names what is to be confirmed: it is not done without a terminal, nor on a
    /// trial, and both say `consequence`.
    #[track_caller]
    pub(crate) fn asks_first(&self, arguments: &[&str], consequence: &str) {
        let before = self.all();
        let refused = self.fails(5, arguments);
        assert!(refused.contains(consequence), "{refused}");
        assert!(refused.contains("hint: `--yes` confirms"), "{refused}");
        let object = self.fails(5, &[arguments, &["-o", "json"]].concat());
        let object: Value = serde_json::from_str(&object).unwrap();
        assert_eq!(object["error"]["kind"], "not_confirmed");
        let tried = self.done(&[arguments, &["--dry-run"]].concat());
        assert!(tried.out.contains(consequence), "{tried:?}");
        assert_eq!(tried.err, "nothing was changed\n");
        let impact = self.json(&[arguments, &["--dry-run", "--yes"]].concat());
        assert!(impact["tokens"].is_u64(), "{impact}");
        assert_eq!(self.all(), before, "nothing may have changed");
    }
}

impl Answer {
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self {
            code: output.status.code().unwrap(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    /// The error in JSON mode, as it stands alone on standard error.
    #[track_caller]
    pub(crate) fn error(&self) -> Value {
        let document: Value = serde_json::from_str(&self.err).unwrap();
        assert_eq!(document["error"]["exit"], self.code);
        document["error"].clone()
    }
}
