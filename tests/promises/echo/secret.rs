//! A secret, and whether it is seen.

use crate::support::test_home::Answer;

/// A secret, and what of it must not be seen.
pub(super) struct Secret {
    pub(super) name: &'static str,
    pub(super) text: String,
    pub(super) traces: Vec<String>,
}

impl Secret {
    pub(super) fn new(name: &'static str, text: String) -> Self {
        // The id of a token, and how a key file begins, are no secrets.
        let core = match name {
            "native" => text.get(17..).unwrap(),
            "key" => text.split(':').nth(2).unwrap(),
            "header" | "base64" => text.get(text.len() - 100..).unwrap(),
            "xml" => text.get(33..97).unwrap(),
            "hex" => &text,
            // A recovery code, as it is printed or typed.
            _ => text.get(..19).unwrap(),
        };
        let mut traces = vec![text.clone(), core.to_owned()];
        if name == "recovery" {
            traces.extend(text.split('-').map(|group| format!("{group}-")));
        }
        Self { name, text, traces }
    }

    /// How it can be, in a name of a file.
    pub(super) fn is_a_name(&self) -> bool {
        !self.text.contains('/')
    }

    #[track_caller]
    pub(super) fn is_not_in(&self, answer: &Answer, place: &str) {
        for (stream, text) in [("stdout", &answer.out), ("stderr", &answer.err)] {
            for trace in &self.traces {
                assert!(
                    !text.contains(trace.as_str()),
                    "{} at {place}, {stream}: {text}",
                    self.name
                );
            }
        }
    }

    /// It is refused at that place, and not repeated.
    #[track_caller]
    pub(super) fn is_refused(&self, answer: &Answer, place: &str) {
        self.is_not_in(answer, place);
        assert_eq!(
            (answer.code, answer.out.as_str()),
            (2, ""),
            "{} at {place}: {answer:?}",
            self.name
        );
    }
}
