//! The blocks of README.md do what they show.
//!
//! Every `console` block is run, one after the other in one shell and one home, and must answer as
//! it stands there; `…` is anything, and `/home/ann` is the home.

use std::process::{Command, Output};

use super::document;
use crate::support::Home;

/// What stands between the answers of two commands.
const MARK: &str = "@@@";

/// A command as it is typed, and what it answers.
struct Step {
    command: String,
    answer: Vec<String>,
}

/// The blocks of `language`, in order.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}");
    let mut found = Vec::new();
    let mut lines = text.lines();
    while lines.by_ref().any(|line| line == fence) {
        let block = lines.by_ref().take_while(|line| *line != "```");
        found.push(block.flat_map(|line| [line, "\n"]).collect());
    }
    found
}

fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in blocks(text, "console")
        .iter()
        .flat_map(|block| block.lines())
    {
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step {
                command: command.to_owned(),
                answer: Vec::new(),
            });
            continue;
        }
        let step = steps.last_mut().unwrap();
        // The lines of a command that goes on have the mark of the shell for that.
        match line.strip_prefix('>') {
            Some(more) => step
                .command
                .extend(["\n", more.strip_prefix(' ').unwrap_or(more)]),
            None => step.answer.push(line.to_owned()),
        }
    }
    steps
}

/// The steps as one script: each begins with a mark, and ends with its exit code.
fn script(steps: &[Step]) -> String {
    let line = |step: &Step| format!("echo {MARK}\n{}\necho \"=$?\"", step.command);
    steps.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn run(home: &Home, script: &str) -> Output {
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_hallpass"));
    let folder = binary.parent().unwrap().display();
    Command::new("sh")
        .args(["-c", &format!("exec 2>&1\n{script}")])
        .current_dir(home.path())
        .env_clear()
        .env("HOME", home.path())
        .env("PATH", format!("{folder}:/usr/local/bin:/usr/bin:/bin"))
        .output()
        .unwrap()
}

/// Whether `line` is `pattern`, in which `…` is any text that is not empty.
fn fits(line: &str, pattern: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('…') else {
        return line == pattern;
    };
    let Some(rest) = line.strip_prefix(head) else {
        return false;
    };
    rest.char_indices()
        .skip(1)
        .map(|(at, _)| at)
        .chain([rest.len()])
        .any(|at| at > 0 && rest.get(at..).is_some_and(|rest| fits(rest, tail)))
}

#[test]
fn console_blocks_answer_as_they_stand_there() {
    let steps = steps(&document("README.md"));
    assert!(steps.len() > 12, "only {} commands were found", steps.len());
    let home = Home::new();
    let output = run(&home, &script(&steps));
    let text = String::from_utf8(output.stdout).unwrap();
    let text = text.replace(home.path().to_str().unwrap(), "/home/ann");
    let answers: Vec<_> = text.split(&format!("{MARK}\n")).skip(1).collect();
    assert_eq!(answers.len(), steps.len(), "{text}");
    for (step, answer) in steps.iter().zip(answers) {
        let mut lines: Vec<_> = answer.lines().map(str::trim_end).collect();
        assert_eq!(
            lines.pop(),
            Some("=0"),
            "`{}` answers:\n{answer}",
            step.command
        );
        let same = lines.len() == step.answer.len()
            && lines
                .iter()
                .zip(&step.answer)
                .all(|(line, pattern)| fits(line, pattern));
        assert!(
            same,
            "`{}` answers:\n{answer}\nand not:\n{:#?}",
            step.command, step.answer
        );
    }
}

#[test]
fn the_two_commands_that_set_everything_up_are_marked() {
    let readme = document("README.md");
    for (mark, command) in [
        ("demo", "cargo run --release --locked -- demo\n"),
        ("tests", "cargo test --locked\n"),
    ] {
        let after = readme.split_once(&format!("<!-- {mark} -->\n")).unwrap().1;
        assert!(
            after.starts_with("```sh\n"),
            "the block follows its mark: {mark}"
        );
        assert_eq!(blocks(after, "sh").first().unwrap(), command);
    }
    // Other blocks of shell would not be tested.
    assert_eq!(blocks(&readme, "sh").len(), 2);
}

#[test]
fn links_lead_somewhere() {
    for name in [
        "README.md",
        "docs/architecture.md",
        "docs/threat-model.md",
        "docs/json.md",
        "docs/apply.md",
    ] {
        let text = document(name);
        let folder = super::root().join(name).parent().unwrap().to_owned();
        for target in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let (file, place) = target.split_once('#').unwrap_or((target, ""));
            assert!(
                !target.contains("://"),
                "{target}: links to elsewhere are not checked"
            );
            let path = if file.is_empty() {
                super::root().join(name)
            } else {
                folder.join(file)
            };
            assert!(path.exists(), "{name}: no {target}");
            if !place.is_empty() {
                let headings = std::fs::read_to_string(&path).unwrap();
                let mut anchors = headings
                    .lines()
                    .filter(|line| line.starts_with('#'))
                    .map(anchor);
                assert!(
                    anchors.any(|it| it == place),
                    "{name}: no heading for {target}"
                );
            }
        }
    }
}

/// Files of the tree that a document names: `tests/seal/bits.rs`, `src/sys.rs`.
#[test]
fn files_that_are_named_are_there() {
    let mut count = 0;
    for name in [
        "README.md",
        "docs/architecture.md",
        "docs/threat-model.md",
        "docs/file-format.md",
        "docs/secret-scanning.md",
    ] {
        let text = document(name);
        for word in text.split('`').skip(1).step_by(2) {
            let is_path = ["src/", "tests/", "docs/", ".config/"]
                .iter()
                .any(|it| word.starts_with(it));
            if is_path && !word.contains(['*', ' ']) && !word.contains("NOUN") {
                count += 1;
                let exists = super::root().join(word).exists();
                assert!(exists, "{name}: no {word}");
            }
        }
    }
    assert!(
        count > 50,
        "only {count} files were found, so the search for them is wrong"
    );
}

/// The anchor that a heading gets: punctuation is left out.
fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = |c: &char| c.is_alphanumeric() || [' ', '-', '_'].contains(c);
    let kept: String = text.chars().filter(kept).collect();
    kept.replace(' ', "-")
}

#[test]
fn a_gap_fits_anything_but_nothing() {
    assert!(fits("token a (x) ends 1", "token a (…) ends …"));
    assert!(!fits("token a () ends 1", "token a (…) ends …"));
    assert!(!fits("token a (x) ends ", "token a (…) ends …"));
    assert!(!fits("a", "b") && fits("ab", "a…") && fits("é", "…"));
}
