//! What a change will stop, told before it is made.

use hallpass::ops::impact::Impact;

use crate::failure::Failure;
use crate::ui::Ui;

/// A change, and what it will stop.
pub(super) struct Consequence {
    impact: Impact,
    lines: Vec<String>,
    /// The option that shows it and changes nothing.
    preview: &'static str,
}

impl Consequence {
    /// What `change` will stop. It is what heads the lines: "deleting profile `ci`".
    pub(super) fn new(change: &str, impact: Impact) -> Self {
        let mut lines = vec![format!("{change}:")];
        lines.push(tokens(&impact));
        if impact.partly > 0 {
            let open = counted(impact.partly, "open token stops", "open tokens stop");
            lines.push(format!("{open} being valid for it, and may be valid for others"));
        }
        if impact.password {
            lines.push("the password is no longer accepted".to_owned());
        }
        Self { impact, lines, preview: "--dry-run" }
    }

    /// A change that stops nothing.
    pub(super) fn harmless(change: &str) -> Self {
        let lines = vec![format!("{change}:")];
        Self { impact: Impact::default(), lines, preview: "--dry-run" }
    }

    /// With something more to know.
    pub(super) fn and(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    /// Names another option than `--dry-run` that shows the same.
    pub(super) fn shown_by(self, preview: &'static str) -> Self {
        Self { preview, ..self }
    }

    /// For `--dry-run`: shows it, and that is all.
    pub(super) fn show(&self, ui: &mut Ui) -> Result<(), Failure> {
        ui.foresee(&self.words(), &self.impact)
    }

    /// Tells it and asks; an error unless the answer is yes.
    pub(super) fn confirm(&self, ui: &mut Ui, question: &str) -> Result<(), Failure> {
        ui.confirm_shown_by(self.preview, &self.words(), question)
    }

    /// What it is, in lines.
    pub(super) fn words(&self) -> String {
        self.lines.join("\n  ")
    }
}

fn tokens(impact: &Impact) -> String {
    let Impact { tokens, examples, .. } = impact;
    if *tokens == 0 {
        return "no valid token stops".to_owned();
    }
    let named = u32::try_from(examples.len()).unwrap_or(u32::MAX);
    let more = match tokens.saturating_sub(named) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let stop = counted(*tokens, "valid token stops", "valid tokens stop");
    format!("{stop}: {}{more}", examples.join(", "))
}

fn counted(count: u32, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stops_is_counted_and_named() {
        let examples = vec!["ci/a".to_owned(), "ci/b".to_owned()];
        let impact = Impact { tokens: 5, examples, partly: 1, password: true };
        let words = Consequence::new("deleting profile `ci`", impact).and("that is final").words();
        assert_eq!(
            words,
            "deleting profile `ci`:\n  5 valid tokens stop: ci/a, ci/b and 3 more\n  \
             1 open token stops being valid for it, and may be valid for others\n  \
             the password is no longer accepted\n  that is final"
        );
    }

    #[test]
    fn that_nothing_stops_is_said_too() {
        let words = Consequence::new("deleting profile `ci`", Impact::default()).words();
        assert_eq!(words, "deleting profile `ci`:\n  no valid token stops");
    }
}
