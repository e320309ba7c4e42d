//! A series for each token, where the operator asked for it.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use crate::model::id::TokenId;

/// How many series there are for tokens, two for most of them. Session tokens come and go without end: what is
/// beyond is counted in one series for all.
const MOST: usize = 10_000;

/// Verdicts on each token, by its public id.
#[derive(Debug)]
pub(super) struct TokenSeries {
    family: Family<TokenLabels, Counter>,
    /// How many of them there are.
    count: AtomicUsize,
    most: usize,
}

/// What a verdict let pass, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::http) enum Passage {
    /// It was valid.
    Passed,
    /// It was refused.
    Refused,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TokenLabels {
    token: TokenLabel,
    result: Passage,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct TokenLabel(Option<TokenId>);

impl EncodeLabelValue for TokenLabel {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> std::fmt::Result {
        match self.0 {
            Some(id) => id.to_string().encode(encoder),
            None => "other".encode(encoder),
        }
    }
}

impl EncodeLabelValue for Passage {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> std::fmt::Result {
        let word = match self {
            Self::Passed => "passed",
            Self::Refused => "refused",
        };
        word.encode(encoder)
    }
}

impl TokenSeries {
    /// Registers the family.
    pub(super) fn register(registry: &mut Registry) -> Self {
        let family = Family::default();
        let help = "Verdicts on one token";
        registry.register("hallpass_token_verdicts", help, family.clone());
        Self {
            family,
            count: AtomicUsize::default(),
            most: MOST,
        }
    }

    /// Counts a verdict on a token of the store.
    pub(super) fn count(&self, token: TokenId, result: Passage) {
        let labels = |token| TokenLabels {
            token: TokenLabel(token),
            result,
        };
        let own = labels(Some(token));
        if let Some(counter) = self.family.get(&own) {
            counter.inc();
            return;
        }
        // Two requests that begin the same series count it twice, which matters little.
        let is_full = self.count.load(Relaxed) >= self.most;
        let labels = if is_full {
            labels(None)
        } else {
            self.count.fetch_add(1, Relaxed);
            own
        };
        self.family.get_or_create_owned(&labels).inc();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_series_is_bounded() {
        let mut registry = Registry::default();
        let mut series = TokenSeries::register(&mut registry);
        series.most = 3;
        for number in 0..100 {
            series.count(TokenId::new(number), Passage::Passed);
            series.count(TokenId::new(number), Passage::Refused);
        }
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        let series: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        // Three of tokens, and two of all others.
        assert_eq!(series.len(), 5, "{series:#?}");
        let others = series.iter().filter(|line| line.contains("\"other\""));
        let rest: u64 = others
            .map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap())
            .sum();
        assert_eq!(rest, 197);
    }
}
