//! All of a store is looked at, and judged.

use serde::Serialize;

use super::finding::Finding;
use super::survey::{self, Survey};
use super::web::Web;
use super::{connections, profiles, tokens, whole};
use crate::core::Core;
use crate::error::Result;
use crate::model::severity::Severity;
use crate::model::time::Time;

/// What a review has found, and what it has looked at.
#[derive(Debug, Clone, Serialize)]
pub struct Review {
    /// The findings: the worst first, then by what they are about.
    pub findings: Vec<Finding>,
    /// How many there are.
    pub counts: Counts,
    /// When the store was looked at.
    pub reviewed_at: Time,
    /// All that was looked at.
    #[serde(skip)]
    pub survey: Survey,
}

impl Review {
    /// Whether there is a finding of that severity or a worse one.
    pub fn has(&self, at_least: Severity) -> bool {
        self.findings.iter().any(|it| it.severity >= at_least)
    }
}

/// How many findings there are, by severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Holes.
    pub high: usize,
    /// To be looked at soon.
    pub medium: usize,
    /// Good housekeeping.
    pub low: usize,
}

impl Counts {
    fn of(findings: &[Finding]) -> Self {
        let count = |severity| findings.iter().filter(|it| it.severity == severity).count();
        Self {
            high: count(Severity::High),
            medium: count(Severity::Medium),
            low: count(Severity::Low),
        }
    }
}

/// Looks at all of the store in one transaction, and judges it.
pub fn review(core: &mut Core) -> Result<Review> {
    let survey = survey::take(core)?;
    let findings = judge(&survey);
    Ok(Review {
        counts: Counts::of(&findings),
        findings,
        reviewed_at: survey.at,
        survey,
    })
}

/// What is to be said of what was seen.
pub fn judge(survey: &Survey) -> Vec<Finding> {
    let web = Web::new(survey);
    let mut findings = whole::judge(&web);
    findings.extend(
        survey
            .profiles
            .iter()
            .flat_map(|it| profiles::judge(&web, it)),
    );
    findings.extend(connections::judge(&web));
    findings.extend(web.tokens.iter().flat_map(|it| tokens::judge(&web, it)));
    findings.sort_by_cached_key(Finding::rank);
    findings
}
