//! A parser of `OpenMetrics` 1.0 text, as strict as its grammar.

use std::collections::{BTreeMap, BTreeSet};

/// A sample.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) value: f64,
}

/// Parses a scrape.
///
/// # Panics
///
/// It is not `OpenMetrics`: a line that is none, a sample outside its family or without its suffix, a
/// family or a sample that is there twice, buckets that shrink, or no end.
#[track_caller]
pub(crate) fn parse(text: &str) -> Vec<Sample> {
    let body = text.strip_suffix("# EOF\n").expect("the text has its end");
    assert!(!body.contains("# EOF"), "there is one end");
    let mut families = BTreeMap::new();
    let mut family: Option<(String, String)> = None;
    let mut seen = BTreeSet::new();
    let mut samples = Vec::new();
    for line in body.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            let mut words = comment.splitn(3, ' ');
            let (kind, name) = (words.next().unwrap(), words.next().unwrap());
            let rest = words.next().unwrap();
            assert!(is_name(name), "{line}");
            match kind {
                "HELP" => assert!(!rest.is_empty(), "{line}"),
                "TYPE" => {
                    let known = ["counter", "gauge", "histogram", "info"];
                    assert!(known.contains(&rest), "{line}");
                    let before = families.insert(name.to_owned(), rest.to_owned());
                    assert_eq!(before, None, "{name} is there twice");
                    family = Some((name.to_owned(), rest.to_owned()));
                }
                "UNIT" => assert!(name.ends_with(&format!("_{rest}")), "{line}"),
                _ => panic!("{line}"),
            }
            continue;
        }
        let sample = sample(line);
        let (name, kind) = family.as_ref().expect("a sample is in a family");
        let suffix = sample.name.strip_prefix(name.as_str());
        let suffix = suffix.unwrap_or_else(|| panic!("{line} is not in {name}"));
        let fits = match kind.as_str() {
            "counter" => suffix == "_total",
            "info" => suffix == "_info" && sample.value == 1.0,
            "histogram" => ["_bucket", "_sum", "_count"].contains(&suffix),
            _ => suffix.is_empty(),
        };
        assert!(fits, "{line} as {kind}");
        if !suffix.is_empty() && kind != "info" {
            assert!(sample.value >= 0.0, "{line}");
        }
        let series = line.rsplit_once(' ').unwrap().0;
        assert!(seen.insert(series.to_owned()), "{series} is there twice");
        samples.push(sample);
    }
    check_histograms(&families, &samples);
    samples
}

/// The value of a series with these labels.
#[track_caller]
pub(crate) fn value(samples: &[Sample], name: &str, labels: &[(&str, &str)]) -> f64 {
    let fits = |sample: &&Sample| {
        let has = |(label, value): &(&str, &str)| {
            sample.labels.get(*label).is_some_and(|own| own == value)
        };
        sample.name == name && labels.len() == sample.labels.len() && labels.iter().all(has)
    };
    let sample = samples.iter().find(fits);
    sample
        .unwrap_or_else(|| panic!("no {name} {labels:?}"))
        .value
}

fn is_name(name: &str) -> bool {
    let first = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    first && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[track_caller]
fn sample(line: &str) -> Sample {
    let (series, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
    let value = match value {
        "+Inf" => f64::INFINITY,
        number => number.parse().unwrap_or_else(|_| panic!("{line}")),
    };
    let (name, labels) = match series.split_once('{') {
        None => (series, BTreeMap::new()),
        Some((name, rest)) => {
            let rest = rest.strip_suffix('}').unwrap_or_else(|| panic!("{line}"));
            (name, labels(rest))
        }
    };
    assert!(is_name(name), "{line}");
    Sample {
        name: name.to_owned(),
        labels,
        value,
    }
}

#[track_caller]
fn labels(mut rest: &str) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    loop {
        let (name, after) = rest.split_once("=\"").expect("a label");
        assert!(is_name(name), "{name}");
        // No value of ours has to be escaped.
        let (value, after) = after.split_once('"').expect("a value");
        assert!(!value.contains(['\\', '\n']), "{value}");
        let before = labels.insert(name.to_owned(), value.to_owned());
        assert_eq!(before, None, "{name} is there twice");
        let Some(more) = after.strip_prefix(',') else {
            assert_eq!(after, "");
            return labels;
        };
        rest = more;
    }
}

/// Buckets grow, the last is `+Inf`, and as large as the count.
#[track_caller]
fn check_histograms(families: &BTreeMap<String, String>, samples: &[Sample]) {
    for (name, _) in families.iter().filter(|(_, kind)| *kind == "histogram") {
        let mut buckets = BTreeMap::<_, Vec<(f64, f64)>>::new();
        for sample in samples {
            if sample.name == format!("{name}_bucket") {
                let mut labels = sample.labels.clone();
                let bound = labels.remove("le").expect("a bucket has its bound");
                let bound = match bound.as_str() {
                    "+Inf" => f64::INFINITY,
                    number => number.parse().unwrap(),
                };
                buckets
                    .entry(labels)
                    .or_default()
                    .push((bound, sample.value));
            }
        }
        assert!(!buckets.is_empty(), "{name}");
        for (labels, buckets) in buckets {
            let grows = |pair: &[(f64, f64)]| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1;
            assert!(
                buckets.windows(2).all(grows),
                "{name} {labels:?}: {buckets:?}"
            );
            let (bound, last) = *buckets.last().unwrap();
            assert!(bound.is_infinite());
            let labels: Vec<_> = labels
                .iter()
                .map(|(a, b)| (a.as_str(), b.as_str()))
                .collect();
            assert_eq!(value(samples, &format!("{name}_count"), &labels), last);
        }
    }
}

#[test]
fn what_is_not_openmetrics_is_found() {
    let good = "# HELP a A.\n# TYPE a counter\na_total{b=\"c\"} 1\n# EOF\n";
    assert_eq!(value(&parse(good), "a_total", &[("b", "c")]), 1.0);
    let bad = [
        "",
        "# EOF",
        "a 1\n# EOF\n",
        "# TYPE a counter\na 1\n# EOF\n",
        "# TYPE a gauge\na 1\na 1\n# EOF\n",
        "# TYPE a gauge\na{b=c} 1\n# EOF\n",
        "# TYPE a gauge\na x\n# EOF\n",
        "# TYPE a gauge\na 1\n\n# EOF\n",
        "# TYPE a gauge\n# TYPE a gauge\n# EOF\n",
        "# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_count 2\n# EOF\n",
    ];
    for text in bad {
        let parsed = std::panic::catch_unwind(|| parse(text));
        assert!(parsed.is_err(), "{text:?}");
    }
}
