//! The explanation of a verdict: each check, what was compared and what it found, for an operator.

use serde::Serialize;

use super::check::{CheckResult, judge, outcomes, outcomes_until};
use super::facts::Facts;
use super::names::FactNames;
use super::reason::Reason;
use super::words::CheckWords;

/// One check of a verdict, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedCheck {
    /// The reason that it gives if it fails.
    pub check: Reason,
    /// Its outcome.
    pub result: CheckResult,
    /// What would pass; `None` if there is no token to compare with.
    pub expected: Option<String>,
    /// What was there; `None` if nothing was passed to compare.
    pub found: Option<String>,
}

impl ExplainedCheck {
    fn new(check: Reason, result: CheckResult, words: CheckWords) -> Self {
        let CheckWords { expected, found } = words;
        Self {
            check,
            result,
            expected,
            found,
        }
    }
}

/// Explains the verdict on a token whose secret was verified: every check, in their order. The first
/// that fails is what [`judge`](super::judge()) returns.
pub fn explain(facts: &Facts<'_>, names: &FactNames<'_>) -> [ExplainedCheck; 13] {
    let outcomes = outcomes(facts);
    let has_no_token = judge(facts) == Reason::Unknown;
    outcomes.map(|(check, result)| {
        let words = match check {
            _ if has_no_token && check > Reason::Unknown => CheckWords::default(),
            Reason::Valid => CheckWords::on_all(&outcomes),
            _ => CheckWords::on(check, facts, names),
        };
        ExplainedCheck::new(check, result, words)
    })
}

/// Explains the verdict where there is no token to judge: `reason` is [`Reason::Malformed`] or
/// [`Reason::Unknown`].
pub fn explain_unverified(reason: Reason) -> [ExplainedCheck; 13] {
    outcomes_until(reason).map(|(check, result)| {
        let words = match (check, result) {
            (Reason::Malformed, _) => CheckWords::on_shape(result),
            (Reason::Unknown, CheckResult::Fail) => CheckWords::on_unknown(),
            _ => CheckWords::default(),
        };
        ExplainedCheck::new(check, result, words)
    })
}
