//! Many calls of `token ensure` at once, as `xargs -P8` makes them.

use std::fs;
use std::process::Stdio;

use super::SharedStore;

const CALLS: usize = 8;

/// Starts all at once; returns how each ended.
fn at_once(lab: &SharedStore, call: impl Fn(usize) -> [String; 2]) -> Vec<i32> {
    let started: Vec<_> = (0..CALLS)
        .map(|n| {
            let [name, to] = call(n);
            let mut command = lab.command(&["token", "ensure", &name, "--to", &to]);
            command
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            command.spawn().unwrap()
        })
        .collect();
    started
        .into_iter()
        .map(|mut call| call.wait().unwrap().code().unwrap())
        .collect()
}

fn live(lab: &SharedStore) -> usize {
    lab.json(&["token", "list"]).as_array().unwrap().len()
}

#[test]
fn tokens_of_different_names_are_not_in_each_others_way() {
    let lab = SharedStore::new();
    let own = |n| [format!("github/t{n}"), format!("file:t{n}")];
    let shared = |n| [format!("github/u{n}"), format!("env:.env#U{n}")];
    for _ in 0..2 {
        // The second time, nothing is to be done.
        assert_eq!(at_once(&lab, own), [0; CALLS]);
        assert_eq!(at_once(&lab, shared), [0; CALLS]);
        assert_eq!(live(&lab), 2 * CALLS);
    }
    let env = fs::read_to_string(lab.0.file(".env")).unwrap();
    for n in 0..CALLS {
        assert!(lab.is_valid(&fs::read_to_string(lab.0.file(&format!("t{n}"))).unwrap()));
        let line = env
            .lines()
            .find_map(|line| line.strip_prefix(&format!("U{n}=")))
            .unwrap();
        assert!(lab.is_valid(line));
    }
}

#[test]
fn of_calls_for_one_name_one_makes_it_and_the_rest_find_it_or_are_told_to_come_again() {
    let lab = SharedStore::new();
    let codes = at_once(&lab, |_| ["github/same".to_owned(), "file:same".to_owned()]);
    assert!(
        codes.contains(&0) && codes.iter().all(|code| [0, 40].contains(code)),
        "{codes:?}"
    );
    let held = || fs::read_to_string(lab.0.file("same")).unwrap();
    assert!(lab.is_valid(&held()), "what is there at the end is good");
    assert_eq!(live(&lab), 1, "nobody replaces what was made a moment ago");
    let before = held();
    assert_eq!(
        lab.code(&["token", "ensure", "github/same", "--to", "file:same"]),
        Some(0)
    );
    assert!(held() == before && live(&lab) == 1, "and stays");
}
