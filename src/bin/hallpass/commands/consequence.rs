//! What a change will stop, reported before the change is made.

use hallpass::ops::impact::{Impact, Opening};

use crate::failure::Failure;
use crate::ui::Ui;

/// The effects of a change: what it will stop, and what it will open.
pub(super) struct Consequence {
    impact: Impact,
    lines: Vec<String>,
    /// Warnings that need no confirmation.
    warnings: Vec<String>,
    /// The option that shows the effects and changes nothing.
    preview: &'static str,
}

impl Consequence {
    /// Describes the effects of `change`, which heads the lines: "deleting profile `ci`".
    pub(super) fn new(change: &str, impact: Impact) -> Self {
        let mut lines = vec![format!("{change}:")];
        lines.push(tokens(&impact));
        lines.extend(partly(&impact));
        if impact.codes > 0 {
            let code = "pending verification code is no longer accepted";
            let codes = "pending verification codes are no longer accepted";
            lines.push(counted(impact.codes, code, codes));
        }
        if impact.password {
            lines.push("the password is no longer accepted".to_owned());
        }
        let warnings = openings(&impact);
        lines.extend(warnings.iter().cloned());
        Self {
            impact,
            lines,
            warnings,
            preview: "--dry-run",
        }
    }

    /// Describes a change that stops nothing.
    pub(super) fn harmless(change: &str) -> Self {
        Self {
            impact: Impact::default(),
            lines: vec![format!("{change}:")],
            warnings: Vec::new(),
            preview: "--dry-run",
        }
    }

    /// Adds a line.
    pub(super) fn and(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    /// Adds a warning that needs no confirmation.
    pub(super) fn warning(mut self, line: Option<String>) -> Self {
        self.lines.extend(line.clone());
        self.warnings.extend(line);
        self
    }

    /// Names another option than `--dry-run` that shows the same.
    pub(super) fn shown_by(self, preview: &'static str) -> Self {
        Self { preview, ..self }
    }

    /// Shows the effects, for `--dry-run`.
    pub(super) fn show(&self, ui: &mut Ui) -> Result<(), Failure> {
        ui.preview(&self.words(), &self.impact)
    }

    /// Shows the effects and asks. Fails unless the answer is yes.
    pub(super) fn confirm(&self, ui: &mut Ui, question: &str) -> Result<(), Failure> {
        ui.confirm_shown_by(self.preview, &self.words(), question)
    }

    /// Asks like [`Self::confirm`], but only if something stops that is valid now.
    pub(super) fn confirm_stop(&self, ui: &mut Ui, question: &str) -> Result<(), Failure> {
        if self.impact.stops() {
            self.confirm(ui, question)
        } else {
            Ok(())
        }
    }

    /// Prints the warnings, once the change is made.
    pub(super) fn warn(&self, ui: &mut Ui) {
        for warning in &self.warnings {
            ui.warn(warning);
        }
    }

    /// Describes the effects in lines.
    pub(super) fn words(&self) -> String {
        self.lines.join("\n  ")
    }
}

/// Describes the tokens that stay valid, but for fewer connections or addresses.
fn partly(impact: &Impact) -> Option<String> {
    let Impact {
        partly,
        partly_examples,
        narrowing,
        ..
    } = impact;
    if *partly == 0 {
        return None;
    }
    let less = match (narrowing.connections, narrowing.addresses) {
        (true, true) => "for fewer connections or from fewer addresses",
        (false, true) => "from fewer addresses",
        _ => "for fewer connections",
    };
    let stay = counted(
        *partly,
        "valid token stays valid",
        "valid tokens stay valid",
    );
    Some(format!(
        "{stay}, but {less}: {}",
        named(*partly, partly_examples)
    ))
}

/// Lists what opens, a line each.
fn openings(impact: &Impact) -> Vec<String> {
    let Impact {
        opens,
        wider,
        wider_examples,
        ..
    } = impact;
    let sentence = |it: &Opening| format!("{} `{}` {}", it.kind, it.name, it.what);
    let mut lines: Vec<_> = opens.iter().map(sentence).collect();
    if *wider > 0 {
        let valid = counted(
            *wider,
            "token is valid for more",
            "tokens are valid for more",
        );
        lines.push(format!("{valid}: {}", named(*wider, wider_examples)));
    }
    lines
}

fn tokens(impact: &Impact) -> String {
    let Impact {
        tokens,
        sessions,
        examples,
        ..
    } = impact;
    if *tokens == 0 {
        return "no valid token stops working".to_owned();
    }
    let stop = counted(
        *tokens,
        "valid token stops working",
        "valid tokens stop working",
    );
    let which = match *sessions {
        0 => String::new(),
        count => format!(
            ", {}",
            counted(count, "of them a session token", "of them session tokens")
        ),
    };
    format!("{stop}{which}: {}", named(*tokens, examples))
}

/// Names the first of `count` things, and how many more there are.
fn named(count: u32, first: &[String]) -> String {
    let named = u32::try_from(first.len()).unwrap_or(u32::MAX);
    match count.saturating_sub(named) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
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
        let partly_examples = vec!["ci/c".to_owned()];
        let impact = Impact {
            tokens: 5,
            examples,
            partly: 1,
            partly_examples,
            codes: 2,
            password: true,
            ..Impact::default()
        };
        let words = Consequence::new("deleting profile `ci`", impact)
            .and("that is final")
            .words();
        assert_eq!(
            words,
            "deleting profile `ci`:\n  5 valid tokens stop working: ci/a, ci/b and 3 more\n  \
             1 valid token stays valid, but for fewer connections: ci/c\n  \
             2 pending verification codes are no longer accepted\n  \
             the password is no longer accepted\n  that is final"
        );
    }

    #[test]
    fn what_opens_is_said_in_the_lines_and_warned_of() {
        let what = "may use any connection, including those added later".to_owned();
        let opening = Opening {
            kind: "profile",
            name: "ci".to_owned(),
            what,
            lifted: true,
        };
        let wider_examples = vec!["ci/a".to_owned()];
        let opens = vec![opening];
        let impact = Impact {
            wider: 1,
            wider_examples,
            opens,
            ..Impact::default()
        };
        let consequence = Consequence::new("changing profile `ci`", impact);
        let lines = "profile `ci` may use any connection, including those added later\n  \
                     1 token is valid for more: ci/a";
        assert!(consequence.words().ends_with(lines));
        assert_eq!(consequence.warnings.len(), 2);
    }

    #[test]
    fn that_nothing_stops_is_said_too() {
        let words = Consequence::new("deleting profile `ci`", Impact::default()).words();
        assert_eq!(
            words,
            "deleting profile `ci`:\n  no valid token stops working"
        );
    }
}
