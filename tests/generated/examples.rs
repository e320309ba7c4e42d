//! Every command has examples, and each of them parses.

use std::ffi::OsString;

use super::cli;
use super::cli::purpose::Purpose;

#[test]
fn every_command_has_examples_that_parse() {
    let mut count = 0;
    each(&cli::command::definitions(), &mut |command| {
        let help = command
            .get_after_help()
            .map(ToString::to_string)
            .unwrap_or_default();
        let examples: Vec<_> = examples(&help).collect();
        assert!(
            !examples.is_empty(),
            "{} has no example",
            command.get_name()
        );
        for line in examples {
            for words in calls(line) {
                let parsed = cli::parse(words.iter().map(OsString::from).collect());
                assert!(parsed.is_ok(), "{line}: {:?}", parsed.err());
                count += 1;
            }
        }
    });
    assert!(
        count > 60,
        "only {count} calls were found, so the search for them is wrong"
    );
}

#[test]
fn help_starts_with_a_sentence_and_no_command_is_named_help() {
    each(&cli::command::definitions(), &mut |command| {
        let about = command
            .get_about()
            .map(ToString::to_string)
            .unwrap_or_default();
        assert!(
            about.starts_with(char::is_uppercase),
            "{}: {about}",
            command.get_name()
        );
        assert!(!about.ends_with('.'), "{about}");
        assert_ne!(command.get_name(), "help");
    });
}

/// What leaves the store as it is, by its verb.
const READ: [&str; 13] = [
    "status", "unlock", "lock", "list", "show", "guide", "verify", "export", "review", "head",
    "info", "check", "health",
];

#[test]
fn what_only_reads_is_known_by_its_verb_or_by_its_dry_run() {
    each(&cli::command::definitions(), &mut |command| {
        let help = command
            .get_after_help()
            .map(ToString::to_string)
            .unwrap_or_default();
        for words in examples(&help).flat_map(calls) {
            let read = words
                .iter()
                .skip(1)
                .take(3)
                .any(|word| READ.contains(&word.as_str()))
                || words
                    .iter()
                    .any(|word| ["--dry-run", "--plan"].contains(&word.as_str()))
                || ["backup", "completions"]
                    .iter()
                    .any(|word| words.contains(&(*word).to_owned()))
                || words.contains(&"schema".to_owned()) && !words.contains(&"--run".to_owned())
                || words.contains(&"identify".to_owned())
                    && !words.contains(&"--revoke".to_owned());
            let cli = cli::parse(words.iter().map(OsString::from).collect()).unwrap();
            let expected = if read { Purpose::Read } else { Purpose::Write };
            assert_eq!(cli.command.purpose(), expected, "{words:?}");
        }
    });
}

fn each(command: &clap::Command, visit: &mut dyn FnMut(&clap::Command)) {
    visit(command);
    command
        .get_subcommands()
        .for_each(|below| each(below, visit));
}

/// The lines below `Examples:`.
fn examples(help: &str) -> impl Iterator<Item = &str> {
    help.lines()
        .skip_while(|line| *line != "Examples:")
        .skip(1)
        .map_while(|line| line.strip_prefix("  "))
}

/// The calls of the program in a line of shell, as words.
fn calls(line: &str) -> Vec<Vec<String>> {
    let plain = line
        .replace("$(", "| ")
        .replace(')', "")
        .replace(" ~/", " /home/me/");
    let parts = plain
        .split('|')
        .map(|part| part.split(" > ").next().unwrap().trim());
    parts
        .filter(|part| part.starts_with("hallpass "))
        .map(words)
        .collect()
}

fn words(call: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in call.chars() {
        match c {
            '\'' | '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words
}

#[test]
fn an_edit_that_changes_nothing_is_refused() {
    for line in [
        "environment edit x",
        "connection edit x",
        "profile edit x",
        "store accept --dry-run",
    ] {
        let words = std::iter::once("hallpass")
            .chain(line.split(' '))
            .map(OsString::from);
        assert!(cli::parse(words.collect()).is_err(), "{line}");
    }
}

#[test]
fn the_long_help_begins_as_the_short_one_ends() {
    let root = cli::command::definitions();
    let (short, long) = (
        root.get_after_help().unwrap(),
        root.get_after_long_help().unwrap(),
    );
    assert!(long.to_string().starts_with(&short.to_string()));
}

#[test]
fn every_command_is_parsed_without_telling_clap_of_the_others() {
    let root = cli::command::definitions();
    let names: Vec<_> = root
        .get_subcommands()
        .map(clap::Command::get_name)
        .collect();
    assert_eq!(
        names,
        cli::command::COMMANDS
            .iter()
            .map(|(name, _)| *name)
            .collect::<Vec<_>>()
    );
}

/// Commands that edit, stop or remove, by their last word, and what declares or ensures.
const WITH_A_TRIAL: [&str; 16] = [
    "edit",
    "delete",
    "block",
    "unblock",
    "suspend",
    "resume",
    "revoke",
    "prune",
    "clear",
    "cancel",
    "rotate-key",
    "remove",
    "restore",
    "accept",
    "ensure",
    "apply",
];

#[test]
fn whatever_edits_stops_or_removes_has_a_trial_under_both_its_names() {
    let mut found = std::collections::BTreeSet::new();
    each(&cli::command::definitions(), &mut |command| {
        let options: Vec<_> = command
            .get_arguments()
            .flat_map(|it| it.get_long_and_visible_aliases().unwrap_or_default())
            .collect();
        let (trial, plan) = (options.contains(&"dry-run"), options.contains(&"plan"));
        assert_eq!(trial, plan, "{}", command.get_name());
        if WITH_A_TRIAL.contains(&command.get_name()) {
            assert!(trial, "{}", command.get_name());
            found.insert(command.get_name().to_owned());
        }
    });
    assert_eq!(found.len(), WITH_A_TRIAL.len(), "{found:?}");
}
