use hallpass::model::time::Time;
use hallpass::ops::review::{ProgramCommand, Review, Survey, judge};

use super::*;

const NOON: Time = Time::from_seconds(1_795_521_600);

fn empty() -> Review {
    let survey = Survey {
        store: "ab".repeat(16),
        epoch: 1,
        at: NOON,
        profiles: Vec::new(),
        connections: Vec::new(),
        tokens: Vec::new(),
        keys: Vec::new(),
        without_mail: None,
    };
    let findings = judge(&survey);
    Review {
        findings,
        counts: hallpass::ops::review::Counts::default(),
        reviewed_at: NOON,
        survey,
    }
}

#[test]
fn nothing_that_is_stored_becomes_markup() {
    let hostile = "</code><script>alert(1)</script>\"'&\u{202e}";
    let mut review = empty();
    let finding = review.findings.first_mut().unwrap();
    finding.message = hostile.to_owned();
    finding.command = ProgramCommand::new(hostile);
    finding.subject.name = hostile.to_owned();
    review.survey.store = hostile.to_owned();
    let page = of(&review);
    let escaped = "&lt;/code&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\\u{202e}";
    assert_eq!(page.matches(escaped).count(), 4, "{page}");
    for never in [
        "<script",
        "\u{202e}",
        "javascript:",
        "http://",
        "https://",
        "url(",
        "@import",
    ] {
        assert!(!page.contains(never), "{never}");
    }
}

#[test]
fn a_page_of_nothing_is_a_page() {
    let mut review = empty();
    review.findings.clear();
    let page = of(&review);
    assert!(page.contains("No findings.") && page.contains("There are no profiles."));
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
}
