//! T45: who reads standard input is documented, and nobody else touches it.
//!
//! Every command is run with an open pipe that holds a list and that nobody writes to any more: one that
//! reads without being told to would take lines of it, or wait for its end for ever.

use std::io::{Read as _, Write as _, pipe};
use std::process::{Command, Stdio};

use crate::generated::cli;
use crate::support::test_home::{Answer, TestHome};

const LINES: &str = "first line\n12345678\nlast line\n";

/// Those that read it without being given `-`, as the help has them.
const READERS: [(&str, &str); 3] = [
    ("verify", ""),
    ("otp validate", "github --connection ci"),
    ("token identify", ""),
];

/// All others, with arguments that take them as far as they go without an answer. In this order: what
/// removes something comes last.
const OTHERS: &[(&str, &str)] = &[
    ("demo", "--keep tour"),
    ("init", ""),
    ("init", "--no-recovery --store elsewhere/store.db"),
    ("status", ""),
    #[cfg(feature = "server")]
    ("health", "unix:/nonexistent.sock"),
    #[cfg(feature = "server")]
    ("serve", "--check --listen 127.0.0.1:0 --metrics-listen off"),
    ("unlock", ""),
    ("lock", ""),
    ("environment add", "test"),
    ("environment list", ""),
    ("environment show", "production"),
    ("environment edit", "test --description tests"),
    ("environment rotate-key", "test"),
    ("connection add", "web"),
    ("connection list", ""),
    ("connection show", "ci"),
    ("connection edit", "web --description site"),
    ("connection block", "web"),
    ("connection unblock", "web"),
    ("connection guide", "ci"),
    ("connection rotate-key", "web --yes"),
    ("profile add", "anna"),
    ("profile add", "bert --password"),
    ("profile list", ""),
    ("profile show", "github"),
    ("profile edit", "anna --description person"),
    ("profile suspend", "anna"),
    ("profile resume", "anna"),
    ("profile manage", "anna"),
    ("token add", "github/one"),
    ("token add", "github/two --to command:cat"),
    ("token list", ""),
    ("token show", "github/one"),
    ("token suspend", "github/one"),
    ("token resume", "github/one"),
    ("token identify", "--path notes"),
    ("token rotate", "github/one"),
    ("token ensure", "github/three --to file:token"),
    ("verify", "--token-file token"),
    ("password set", "github"),
    ("password set", "github --generate"),
    ("password verify", "github"),
    ("login", "github"),
    ("otp request", "github --connection ci"),
    ("otp validate", "github --connection ci 12345678"),
    ("otp list", ""),
    ("otp cancel", "github --connection ci"),
    ("mail set", "smtp://user@127.0.0.1 --from a@example.com"),
    ("mail show", ""),
    ("mail test", ""),
    ("mail send", ""),
    ("mail clear", "--yes"),
    ("apply", "hallpass.toml"),
    ("export", ""),
    ("review", ""),
    ("audit list", ""),
    ("audit verify", ""),
    ("audit head", ""),
    ("audit export", ""),
    ("store info", ""),
    ("store check", ""),
    ("store backup", "backup.db"),
    ("store restore", "backup.db"),
    ("store copy", "--to copied.db --keep-source"),
    #[cfg(feature = "postgres")]
    ("store schema", "--role app --store postgres://h/d"),
    ("store accept", "--rollback"),
    ("store key list", ""),
    ("store key add", ""),
    ("store key remove", "0123456789abcdef"),
    #[cfg(feature = "server")]
    ("serve", "--check --listen 127.0.0.1:0 --metrics-listen off"),
    ("completions", "bash"),
    ("token revoke", "github/one"),
    ("token prune", "--older-than 30d"),
    ("password clear", "github"),
    ("profile delete", "anna"),
    ("connection delete", "web"),
    ("environment delete", "test"),
];

fn stage() -> TestHome {
    let stage = TestHome::with_sample_data();
    stage.done(&["profile", "edit", "github", "--email", "g@example.com"]);
    let mails = format!("outbox:{}", stage.file("mails").display());
    stage.done(&["mail", "set", &mails, "--from", "noreply@example.com"]);
    stage.done(&["password", "set", "github", "--generate"]);
    stage.write("notes", "nothing\n");
    stage.write("hallpass.toml", "[profiles.github]\n");
    stage
}

fn words(command: &str, arguments: &str) -> Vec<String> {
    command
        .split(' ')
        .chain(arguments.split_whitespace())
        .map(str::to_owned)
        .collect()
}

/// Runs a command with `input` in a pipe, which stays open until it has ended if it is to; returns the
/// answer, and what is left in the pipe. One that waits for the end of the pipe is ended, with 124.
fn with_pipe(stage: &TestHome, words: &[String], input: &str, open: bool) -> (Answer, String) {
    let (ours, mut writer) = pipe().unwrap();
    writer.write_all(input.as_bytes()).unwrap();
    let mut kept = open.then_some(writer);
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let command = stage.command(&words);
    let mut limited = Command::new("timeout");
    limited
        .arg("100")
        .arg(command.get_program())
        .args(command.get_args());
    limited.env_clear().envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    limited
        .current_dir(stage.path())
        .stdin(Stdio::from(ours.try_clone().unwrap()));
    let answer = Answer::of(&limited.output().unwrap());
    drop(kept.take());
    let (mut ours, mut left) = (ours, String::new());
    ours.read_to_string(&mut left).unwrap();
    (answer, left)
}

fn leaves(command: &clap::Command, path: &str, found: &mut Vec<String>) {
    let path = format!("{path} {}", command.get_name());
    if command.has_subcommands() {
        command
            .get_subcommands()
            .for_each(|below| leaves(below, &path, found));
    } else {
        found.push(path.trim_start().trim_start_matches("hallpass ").to_owned());
    }
}

#[test]
fn every_command_is_known_here_and_the_help_names_those_that_read() {
    let root = cli::command::definitions();
    let mut commands = Vec::new();
    leaves(&root, "", &mut commands);
    assert!(commands.len() > 50, "{commands:?}");
    for command in &commands {
        assert!(OTHERS.iter().any(|(known, _)| known == command) || command == "verify");
    }
    let help = root.get_after_long_help().unwrap().to_string();
    let section = help
        .split("\nStandard input is read only by:\n")
        .nth(1)
        .unwrap();
    let lines = section.lines().take_while(|line| line.starts_with("  "));
    let named: Vec<_> = lines
        .map(|line| line.trim().split("  ").next().unwrap())
        .collect();
    let readers = READERS.iter().map(|(command, _)| *command).chain(["`-`"]);
    assert_eq!(named, readers.collect::<Vec<_>>());
}

#[test]
fn nobody_else_takes_a_line_or_waits_and_no_attempt_is_spent() {
    let stage = stage();
    for (command, arguments) in OTHERS {
        let (answer, left) = with_pipe(&stage, &words(command, arguments), LINES, true);
        assert_eq!(left, LINES, "{command} {arguments}: {answer:?}");
        assert_ne!(answer.code, 124, "{command} {arguments} waits");
        if matches!(*command, "login" | "password verify") {
            assert_eq!(
                (answer.code, answer.out.as_str()),
                (2, ""),
                "{command}: {answer:?}"
            );
            assert!(
                answer.err.contains("`--password-file FILE`"),
                "{command}: {answer:?}"
            );
        }
    }
    assert_eq!(stage.json(&["profile", "show", "github"])["failures"], 0);
}

#[test]
fn those_that_are_documented_read_to_the_end() {
    let stage = stage();
    for (command, arguments) in READERS {
        let (answer, left) = with_pipe(&stage, &words(command, arguments), LINES, false);
        assert_eq!(left, "", "{command}: {answer:?}");
    }
}

#[test]
fn a_loop_that_reads_a_list_gets_all_of_it() {
    let stage = stage();
    stage.write("list", LINES);
    let hallpass = env!("CARGO_BIN_EXE_hallpass");
    let script = "while read -r line; do \
         \"$0\" login github; \"$0\" password verify github; \"$0\" token list; \
         echo \"line $line\" >&3; done < list 3> seen";
    let template = stage.command(&[]);
    let mut shell = Command::new("/bin/sh");
    shell
        .arg("-c")
        .arg(script)
        .arg(hallpass)
        .current_dir(stage.path())
        .env_clear();
    shell.envs(
        template
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    assert!(shell.output().unwrap().status.success());
    let seen = std::fs::read_to_string(stage.file("seen")).unwrap();
    assert_eq!(
        seen,
        LINES
            .lines()
            .flat_map(|line| ["line ", line, "\n"])
            .collect::<String>()
    );
}

#[test]
fn an_input_that_is_read_and_empty_is_wrong_usage_and_changes_nothing() {
    let stage = stage();
    stage.done(&["otp", "request", "github", "--connection", "ci"]);
    let before = stage.json(&["audit", "head"]);
    let given = [
        "verify --token-file -",
        "token identify --path -",
        "token show --token-file -",
        "token revoke --token-file - --yes",
        "token revoke - --yes",
        "token suspend -",
        "token add github/legacy --value-file -",
        "password set github --password-file - --yes",
        "password verify github --password-file -",
        "login github --password-file -",
        "profile add anna --password-file -",
        "connection add web --guide-file -",
        "mail set smtp://u@127.0.0.1 --from a@example.com --password-file -",
        "mail set smtp://127.0.0.1 --from a@example.com --ca-file -",
        "apply -",
        "store key add --new-passphrase-file -",
        "status --passphrase-file -",
    ];
    let unasked = READERS.map(|(command, arguments)| format!("{command} {arguments}"));
    for line in given.into_iter().map(str::to_owned).chain(unasked) {
        for nothing in ["", "\n", "\u{feff}\r\n"] {
            if !nothing.is_empty() && line.starts_with("token identify") {
                // A text of nothing but a line end is one, in which nothing is.
                continue;
            }
            let (answer, _) = with_pipe(&stage, &words(line.trim(), ""), nothing, false);
            assert_eq!(
                (answer.code, answer.out.as_str()),
                (2, ""),
                "{line}: {answer:?}"
            );
            assert!(answer.err.contains("is empty"), "{line}: {answer:?}");
        }
    }
    assert_eq!(stage.json(&["audit", "head"]), before);
    assert_eq!(stage.json(&["profile", "show", "github"])["failures"], 0);
    assert_eq!(stage.json(&["otp", "list"])[0]["tries"], 0);
}
