//! `docs/json.md` lists every shape, every error, every verdict and every exit code there is.

use std::collections::BTreeSet;

use serde_json::Value;

use super::document;

mod codes;
mod tour;

use tour::Tour;

/// The text below a heading, up to the next one of its level or above.
fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let start = text
        .find(&format!("\n{heading}\n"))
        .unwrap_or_else(|| panic!("no {heading}"));
    let body = &text[start + heading.len() + 2..];
    let level = heading.split(' ').next().unwrap();
    let ends = (1..=level.len()).filter_map(|n| body.find(&format!("\n{} ", "#".repeat(n))));
    &body[..ends.min().unwrap_or(body.len())]
}

/// The rows of the table in `text`, without its head: cells without their marks.
fn rows(text: &str) -> Vec<Vec<String>> {
    let lines = text.lines().filter(|line| line.starts_with("| "));
    let rows = lines.skip(1).map(|line| {
        let cells = line.trim_matches('|').split(" | ");
        cells.map(|cell| cell.trim().to_owned()).collect()
    });
    rows.collect()
}

fn words(cell: &str) -> BTreeSet<String> {
    cell.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// Every path to a field in `value`: `suspended.at`, `keys[].id`.
fn fields(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(value, "", &mut found);
    found
}

fn collect(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, inner) in object {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                found.insert(path.clone());
                // Facts of the audit log have the names of whatever changed.
                if name != "details" {
                    collect(inner, &path, found);
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                collect(item, &format!("{path}[]"), found);
            }
        }
        _ => {}
    }
}

/// The example of a shape.
fn example(document: &str, shape: &str) -> Value {
    let section = section(document, &format!("### {shape}"));
    let block = section
        .split("```json\n")
        .nth(1)
        .unwrap()
        .split("\n```")
        .next()
        .unwrap();
    serde_json::from_str(block).unwrap_or_else(|error| panic!("{shape}: {error}"))
}

/// The fields that the table of a shape explains.
fn explained(document: &str, shape: &str) -> BTreeSet<String> {
    let rows = rows(section(document, &format!("### {shape}")));
    rows.iter().flat_map(|row| words(&row[0])).collect()
}

#[test]
fn every_shape_is_what_the_document_shows() {
    let document = document("docs/json.md");
    let tour = Tour::new().walk();
    let listed = section(&document, "## Shapes");
    let listed: BTreeSet<_> = listed
        .lines()
        .filter_map(|line| line.strip_prefix("### "))
        // A program without the server has no command that prints it.
        .filter(|shape| cfg!(feature = "server") || *shape != "health")
        .collect();
    assert_eq!(
        listed,
        tour.shapes.keys().copied().collect(),
        "every shape is tried"
    );
    for (shape, values) in &tour.shapes {
        let shown = fields(&example(&document, shape));
        let top = |all: &BTreeSet<String>| -> BTreeSet<String> {
            all.iter()
                .filter(|path| !path.contains(['.', '[']))
                .cloned()
                .collect()
        };
        let mut printed = BTreeSet::new();
        for value in values {
            let found = fields(value);
            assert!(
                found.is_subset(&shown),
                "{shape}: {value} has more than {shown:?}"
            );
            assert_eq!(top(&found), top(&shown), "{shape}: {value}");
            printed.extend(found);
        }
        assert_eq!(
            printed, shown,
            "{shape}: no command printed all of the example"
        );
    }
}

#[test]
fn every_field_is_explained() {
    let document = document("docs/json.md");
    let listed = section(&document, "## Shapes");
    for shape in listed.lines().filter_map(|line| line.strip_prefix("### ")) {
        let mut explained = explained(&document, shape);
        match shape {
            "new token" => explained.extend(self::explained(&document, "token")),
            "explained verdict" => explained.extend(self::explained(&document, "verdict")),
            "restore" | "copy" => explained.extend(self::explained(&document, "check")),
            "error" => drop(explained.insert("error".to_owned())),
            _ => {}
        }
        let all = fields(&example(&document, shape));
        let top: BTreeSet<_> = all
            .into_iter()
            .filter(|path| shape == "error" || !path.contains(['.', '[']))
            .collect();
        assert_eq!(explained, top, "{shape}");
    }
}
