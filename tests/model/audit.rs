//! What the audit log says.

use hallpass::model::audit::Outcome;

#[test]
fn there_are_four_outcomes_and_they_are_documented() {
    let documented = include_str!("../../docs/json.md");
    let row = documented
        .lines()
        .find(|line| line.starts_with("| `outcome` |"))
        .unwrap();
    let words: Vec<_> = row
        .split('|')
        .nth(2)
        .unwrap()
        .split(',')
        .map(str::trim)
        .collect();
    let all: Vec<_> = Outcome::ALL
        .iter()
        .map(|it| format!("`{}`", it.word()))
        .collect();
    assert_eq!(words, all);
}

#[test]
fn an_outcome_is_written_down_as_its_word_and_no_other_is_read() {
    for outcome in Outcome::ALL {
        let written = serde_json::to_string(&outcome).unwrap();
        assert_eq!(written, format!("\"{}\"", outcome.word()));
        assert_eq!(serde_json::from_str::<Outcome>(&written).unwrap(), outcome);
    }
    for other in ["", "Done", "uncertain"] {
        assert!(
            serde_json::from_str::<Outcome>(&format!("\"{other}\"")).is_err(),
            "{other}"
        );
    }
}
