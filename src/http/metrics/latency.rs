//! A histogram of durations.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use prometheus_client::encoding::{EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::{MetricType, TypedMetric};

/// The upper bounds of the buckets: in microseconds, and as they are shown in seconds.
const BOUNDS: [(u64, f64); 14] = [
    (50, 0.00005),
    (100, 0.0001),
    (250, 0.00025),
    (500, 0.0005),
    (1_000, 0.001),
    (2_500, 0.0025),
    (5_000, 0.005),
    (10_000, 0.01),
    (25_000, 0.025),
    (50_000, 0.05),
    (100_000, 0.1),
    (250_000, 0.25),
    (1_000_000, 1.0),
    (5_000_000, 5.0),
];

/// A histogram of durations. Observing one takes no lock: the crate's own histogram takes one each
/// time.
#[derive(Debug, Clone, Default)]
pub(super) struct Latency(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    buckets: [AtomicU64; BOUNDS.len()],
    /// What took longer than the last bound.
    longer: AtomicU64,
    nanoseconds: AtomicU64,
}

impl Latency {
    /// Adds one duration.
    pub(super) fn observe(&self, duration: Duration) {
        let inner = &self.0;
        let micros = duration.as_micros();
        let bucket = BOUNDS
            .iter()
            .zip(&inner.buckets)
            .find(|((bound, _), _)| micros <= u128::from(*bound));
        let bucket = bucket.map_or(&inner.longer, |(_, bucket)| bucket);
        bucket.fetch_add(1, Relaxed);
        let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        inner.nanoseconds.fetch_add(nanoseconds, Relaxed);
    }
}

impl EncodeMetric for Latency {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> std::fmt::Result {
        let inner = &self.0;
        let bounds = BOUNDS.iter().map(|(_, seconds)| *seconds);
        let mut buckets: Vec<_> = bounds
            .zip(&inner.buckets)
            .map(|(bound, count)| (bound, count.load(Relaxed)))
            .collect();
        buckets.push((f64::INFINITY, inner.longer.load(Relaxed)));
        // The count is that of the buckets that were read: a request in between must not make the
        // two differ.
        let count = buckets.iter().map(|(_, count)| count).sum();
        let sum = Duration::from_nanos(inner.nanoseconds.load(Relaxed)).as_secs_f64();
        encoder.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        Self::TYPE
    }
}

impl TypedMetric for Latency {
    const TYPE: MetricType = MetricType::Histogram;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_in_the_first_bucket_that_holds_it() {
        let latency = Latency::default();
        let counts = || {
            let buckets = latency.0.buckets.iter().chain([&latency.0.longer]);
            buckets
                .map(|bucket| bucket.load(Relaxed))
                .collect::<Vec<_>>()
        };
        for micros in [0, 50, 51, 6_000_000] {
            latency.observe(Duration::from_micros(micros));
        }
        let mut expected = vec![0; BOUNDS.len() + 1];
        expected[0] = 2;
        expected[1] = 1;
        expected[BOUNDS.len()] = 1;
        assert_eq!(counts(), expected);
        assert_eq!(latency.0.nanoseconds.load(Relaxed), 6_000_101_000);
    }

    #[test]
    fn the_bounds_are_the_same_in_both_units() {
        for (micros, seconds) in BOUNDS {
            let exact = Duration::from_micros(micros).as_secs_f64();
            assert!((exact - seconds).abs() < 1e-12, "{micros} µs");
        }
    }
}
