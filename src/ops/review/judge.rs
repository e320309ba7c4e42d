//! Surveys a store and judges it.

use serde::Serialize;

use super::finding::Finding;
use super::index::Index;
use super::survey::{self, Survey};
use super::{connections, profiles, tokens, whole};
use crate::core::Core;
use crate::error::Result;
use crate::model::severity::Severity;
use crate::model::time::Time;

/// The result of a review.
#[derive(Debug, Clone, Serialize)]
pub struct Review {
    /// The findings: most severe first, then by their object.
    pub findings: Vec<Finding>,
    /// The number of findings.
    pub counts: Counts,
    /// When the store was read.
    pub reviewed_at: Time,
    /// Everything that was judged.
    #[serde(skip)]
    pub survey: Survey,
}

impl Review {
    /// Whether there is a finding of at least that severity.
    pub fn has(&self, at_least: Severity) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.severity >= at_least)
    }
}

/// The number of findings by severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Vulnerabilities.
    pub high: usize,
    /// Needs attention soon.
    pub medium: usize,
    /// Housekeeping.
    pub low: usize,
}

impl Counts {
    fn of(findings: &[Finding]) -> Self {
        let count = |severity| {
            findings
                .iter()
                .filter(|finding| finding.severity == severity)
                .count()
        };
        Self {
            high: count(Severity::High),
            medium: count(Severity::Medium),
            low: count(Severity::Low),
        }
    }
}

/// Reads the whole store in one transaction, and judges it.
///
/// # Errors
///
/// As [`Core::read`].
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

/// The findings for a survey.
pub fn judge(survey: &Survey) -> Vec<Finding> {
    let index = Index::new(survey);
    let mut findings = whole::judge(&index);
    findings.extend(
        survey
            .profiles
            .iter()
            .flat_map(|holder| profiles::judge(&index, holder)),
    );
    findings.extend(connections::judge(&index));
    findings.extend(
        index
            .tokens
            .iter()
            .flat_map(|token| tokens::judge(&index, token)),
    );
    findings.sort_by_cached_key(Finding::rank);
    findings
}
