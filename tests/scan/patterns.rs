//! The patterns of `docs/secret-scanning.md` find what this program makes.

use std::path::Path;

use hallpass::model::token::Encoding;
use regex::Regex;

use super::{WAYS, encoded, token};

const COUNT: usize = 1000;

fn document() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(root.join("docs/secret-scanning.md")).unwrap()
}

/// The blocks of code below a heading.
fn block(document: &str, heading: &str) -> String {
    let section = document.split(&format!("\n## {heading}\n")).nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let block = section.split("```").nth(1).unwrap();
    block.split_once('\n').unwrap().1.to_owned()
}

/// Every pattern of a block: what stands between `open` and `close`.
fn patterns(block: &str, open: &str, close: &str) -> Vec<Regex> {
    let found = block
        .split(open)
        .skip(1)
        .filter_map(|rest| rest.split(close).next());
    found.map(|pattern| Regex::new(pattern).unwrap()).collect()
}

/// For each scanner, its patterns.
fn scanners(document: &str) -> Vec<(&'static str, Vec<Regex>)> {
    let table = document
        .lines()
        .filter(|line| line.starts_with("| "))
        .skip(1)
        .take(3);
    let table = table
        .map(|line| Regex::new(line.split('`').nth(1).unwrap()).unwrap())
        .collect();
    let lines = |text: String| text.lines().map(|it| Regex::new(it).unwrap()).collect();
    vec![
        ("table", table),
        (
            "gitleaks",
            patterns(&block(document, "gitleaks"), "regex = '''", "'''"),
        ),
        (
            "TruffleHog",
            patterns(&block(document, "TruffleHog"), ": '", "'\n"),
        ),
        ("GitHub", lines(block(document, "GitHub secret scanning"))),
        (
            "detect-secrets",
            patterns(&block(document, "detect-secrets"), "re.compile(r\"", "\"),"),
        ),
        (
            "Semgrep",
            patterns(&block(document, "Semgrep"), "pattern-regex: '", "'\n"),
        ),
    ]
}

#[test]
fn every_pattern_finds_every_token_and_no_id() {
    let document = document();
    let tokens: Vec<_> = (0..COUNT).map(|_| token()).collect();
    for (scanner, patterns) in scanners(&document) {
        let expected = if scanner == "Semgrep" { 1 } else { 3 };
        assert_eq!(patterns.len(), expected, "{scanner}: {patterns:?}");
        for token in &tokens {
            for form in [Encoding::Native, Encoding::Xml, Encoding::Header] {
                let text = encoded(token, form);
                is_found(scanner, &patterns, &text, form);
            }
            let id = format!("token {} is revoked", token.id());
            assert!(
                !patterns.iter().any(|it| it.is_match(&id)),
                "{scanner}: {id}"
            );
        }
    }
}

/// One pattern finds it, and with it all that is secret of it.
fn is_found(scanner: &str, patterns: &[Regex], text: &str, form: Encoding) {
    let line = format!("{{\"x\": \"\\n{text}\"}}");
    let found: Vec<_> = patterns.iter().flat_map(|it| it.find_iter(&line)).collect();
    assert_eq!(found.len(), 1, "{scanner}: {text}");
    let (from, to) = match form {
        Encoding::Native => ("hpass_", ""),
        Encoding::Xml => ("version", "data"),
        _ => ("PHRva2Vu", ""),
    };
    let secret = text.get(text.find(from).unwrap()..).unwrap();
    let secret = secret.get(..secret.rfind(to).unwrap()).unwrap();
    assert!(found[0].as_str().contains(secret), "{scanner}: {text}");
}

#[test]
fn every_pattern_finds_a_token_as_other_texts_write_it() {
    let document = document();
    for (scanner, patterns) in scanners(&document) {
        for _ in 0..20 {
            let token = token();
            for form in [Encoding::Xml, Encoding::Header] {
                let text = encoded(&token, form);
                let secret = text.strip_prefix("AfasToken ").unwrap_or(&text);
                for way in WAYS {
                    is_found(scanner, &patterns, &way(secret), form);
                }
            }
        }
    }
}

#[test]
fn the_rules_for_gitleaks_are_toml_and_their_keywords_are_in_the_tokens() {
    let rules: toml::Table = block(&document(), "gitleaks").parse().unwrap();
    let rules = rules["rules"].as_array().unwrap();
    let token = token();
    for (rule, form) in rules
        .iter()
        .zip([Encoding::Native, Encoding::Xml, Encoding::Header])
    {
        // gitleaks compares keywords with the text in lower case.
        let text = encoded(&token, form).to_lowercase();
        for keyword in rule["keywords"].as_array().unwrap() {
            assert!(
                text.contains(keyword.as_str().unwrap()),
                "{form}: {keyword}"
            );
        }
        assert!(rule["id"].is_str() && rule["description"].is_str());
    }
    assert_eq!(rules.len(), 3);
}
