//! What is known of a database, and the traffic with it.

use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

use super::gauge::gauge;
use crate::http::freshness::Freshness;

/// Shows what is known of a database at each scrape.
#[derive(Debug)]
pub(super) struct Database(pub(super) Arc<Freshness>);

impl Collector for Database {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> std::fmt::Result {
        let outlook = self.0.outlook();
        let up = ConstGauge::new(u64::from(outlook.is_up));
        gauge(&mut encoder, "hallpass_database_up", UP, Some(up))?;
        let staleness = ConstGauge::new(outlook.staleness.as_secs_f64());
        let name = "hallpass_database_staleness_seconds";
        gauge(&mut encoder, name, STALENESS, Some(staleness))?;
        let traffic = self.0.traffic();
        let counters = [
            ("hallpass_database_flights", FLIGHTS, traffic.flights()),
            ("hallpass_database_retries", RETRIES, traffic.retries()),
            (
                "hallpass_database_unknown_outcomes",
                UNKNOWN,
                traffic.unknown_outcomes(),
            ),
        ];
        for (name, help, count) in counters {
            let counter = ConstCounter::new(count);
            let kind = counter.metric_type();
            counter.encode(encoder.encode_descriptor(name, help, None, kind)?)?;
        }
        Ok(())
    }
}

const UP: &str = "Whether the database answered the last time that it was asked (1) or not (0).";
const STALENESS: &str = "Time since the last question for the newest commit that was answered.";
const FLIGHTS: &str = "Network round trips to the database.";
const RETRIES: &str = "Transactions that ran again because another one committed first.";
const UNKNOWN: &str = "Commits of which nobody knows whether they took effect.";
