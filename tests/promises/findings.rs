//! `docs/review.md` lists every finding there is.

use hallpass::ops::review::Flaw;

use super::document;

#[test]
fn every_finding_is_listed_once() {
    let document = document("docs/review.md");
    let rows = document.lines().filter_map(|line| line.strip_prefix("| `"));
    let listed: Vec<_> = rows.map(|row| row.split('`').next().unwrap()).collect();
    assert_eq!(listed, Flaw::ALL.map(Flaw::word));
}
