//! T10: what was acknowledged before a kill is there after it.

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use hallpass::entropy::Entropy as _;
use rustix::process::{Pid, Signal, kill_process_group};

use super::SharedStore;
use crate::model::Repeatable;

const ROUNDS: usize = 60;
/// A token's public part.
const ID: usize = 17;

/// Makes token after token; the line of each is the acknowledgement.
const LOOP: &str = r#"n=0
while token=$("$HALLPASS" token add "github/r$ROUND-$n"); do
    echo "$token"
    n=$((n + 1))
done"#;

#[test]
fn what_was_acknowledged_before_a_kill_is_valid_after_it() {
    let lab = SharedStore::new();
    let mut chance = Repeatable(10);
    let mut acknowledged = Vec::new();
    let mut unseen = 0;
    for round in 0..ROUNDS {
        let mut dice = [0; 2];
        chance.fill(&mut dice).unwrap();
        acknowledged.extend(until_killed(&lab, round, dice));
        lab.check();
        let valid = valid_ids(&lab);
        for token in &acknowledged {
            assert!(
                valid.contains(&token[..ID]),
                "round {round}: an acknowledged token is lost"
            );
        }
        let now = valid.len() - acknowledged.len();
        assert!(
            now - unseen <= 1,
            "round {round}: more than the one that was under way is valid"
        );
        unseen = now;
    }
    assert!(
        acknowledged.len() > ROUNDS && unseen > 0,
        "the kills come at all moments: {unseen}"
    );
    for token in &acknowledged {
        assert!(lab.is_valid(token));
    }
}

/// Runs the loop and kills it, with whatever it is doing, some moments after some tokens; returns
/// those that were acknowledged.
fn until_killed(lab: &SharedStore, round: usize, [tokens, moments]: [u8; 2]) -> Vec<String> {
    let hallpass = lab.command(&[]);
    let mut shell = Command::new("/bin/sh");
    shell
        .args(["-c", LOOP])
        .env_clear()
        .current_dir(lab.0.path())
        .process_group(0);
    shell.envs(
        hallpass
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    shell
        .env("HALLPASS", hallpass.get_program())
        .env("ROUND", round.to_string());
    let mut child = shell
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    for _ in 0..tokens % 5 {
        said.read_line(&mut text).unwrap();
    }
    sleep(Duration::from_micros(u64::from(moments) * 50));
    kill_process_group(Pid::from_child(&child), Signal::KILL).unwrap();
    said.read_to_string(&mut text).unwrap();
    // All of them have it open: whoever still had a commit to finish is gone by its end.
    child
        .stderr
        .take()
        .unwrap()
        .read_to_end(&mut Vec::new())
        .unwrap();
    assert_eq!(
        child.wait().unwrap().code(),
        None,
        "it was killed, and did not end by itself"
    );
    text.split_inclusive('\n')
        .filter_map(|line| line.strip_suffix('\n'))
        .map(Into::into)
        .collect()
}

fn valid_ids(lab: &SharedStore) -> HashSet<String> {
    let tokens = lab.json(&["token", "list", "--all"]);
    let valid = tokens
        .as_array()
        .unwrap()
        .iter()
        .filter(|token| token["effective"] == "valid");
    valid
        .map(|token| token["id"].as_str().unwrap().to_owned())
        .collect()
}
