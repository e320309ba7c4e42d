//! Gauges about the store: what was last read of it, shown at each scrape.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{
    DescriptorEncoder, EncodeLabelSet, EncodeLabelValue, EncodeMetric, LabelValueEncoder,
};
use prometheus_client::metrics::gauge::ConstGauge;

use super::gauge::gauge;
use crate::http::stamp::Stamp;
use crate::model::token::TokenState;
use crate::ops::store::{Figures, Within};

/// What is known of the store. A gauge that is not known is left out.
#[derive(Debug)]
pub(super) struct StoreGauges {
    clock: Arc<Stamp>,
    /// The last figures.
    figures: Mutex<Option<Figures>>,
    /// The newest epoch that is known: it can be newer than the figures.
    epoch: AtomicU64,
    checked: AtomicBool,
    argon2_waiting: AtomicU64,
    certificate_expiry: AtomicI64,
}

impl StoreGauges {
    /// Gauges of a store of which nothing is known yet.
    pub(super) fn new(clock: Arc<Stamp>) -> Self {
        Self {
            clock,
            figures: Mutex::default(),
            epoch: AtomicU64::default(),
            checked: AtomicBool::default(),
            argon2_waiting: AtomicU64::default(),
            certificate_expiry: AtomicI64::default(),
        }
    }

    /// Replaces the figures.
    pub(super) fn set(&self, figures: Figures) {
        self.set_epoch(figures.epoch);
        let mut last = self.figures.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some(figures);
    }

    /// Notes the newest epoch.
    pub(super) fn set_epoch(&self, epoch: u64) {
        self.epoch.store(epoch, Relaxed);
    }

    /// Notes whether the whole store was checked.
    pub(super) fn set_checked(&self, checked: bool) {
        self.checked.store(checked, Relaxed);
    }

    /// Notes how many passwords wait to be hashed.
    pub(super) fn set_waiting(&self, count: usize) {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.argon2_waiting.store(count, Relaxed);
    }

    /// Notes when the certificate expires, in seconds since 1970.
    pub(super) fn set_certificate_expiry(&self, seconds: i64) {
        self.certificate_expiry.store(seconds, Relaxed);
    }
}

impl Collector for StoreGauges {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> std::fmt::Result {
        let figures = self.figures.lock().unwrap_or_else(PoisonError::into_inner);
        let figures = figures.clone();
        let epoch = Some(self.epoch.load(Relaxed)).filter(|epoch| *epoch > 0);
        let expiry = Some(self.certificate_expiry.load(Relaxed)).filter(|expiry| *expiry != 0);
        let seconds = |time: crate::model::time::Time| time.seconds();
        let anchored = figures.as_ref().and_then(|figures| figures.anchored_at);
        let now = self.clock.now();
        let age = anchored.map(|at| now.seconds().saturating_sub(at.seconds()).max(0));
        let queue = figures.as_ref().map(|figures| figures.mail_queue);
        let oldest = figures.as_ref().and_then(|figures| figures.oldest_mail);
        let checked = u64::from(self.checked.load(Relaxed));
        let waiting = self.argon2_waiting.load(Relaxed);
        let out = &mut encoder;
        gauge(
            out,
            "hallpass_store_epoch",
            EPOCH,
            epoch.map(ConstGauge::new),
        )?;
        gauge(
            out,
            "hallpass_store_checked",
            CHECKED,
            Some(ConstGauge::new(checked)),
        )?;
        gauge(
            out,
            "hallpass_anchor_age_seconds",
            ANCHOR,
            age.map(ConstGauge::new),
        )?;
        gauge(
            out,
            "hallpass_mail_queue",
            QUEUE,
            queue.map(ConstGauge::new),
        )?;
        let oldest = oldest.map(seconds).map(ConstGauge::new);
        gauge(
            out,
            "hallpass_mail_oldest_timestamp_seconds",
            OLDEST,
            oldest,
        )?;
        gauge(
            out,
            "hallpass_argon2_waiting",
            WAITING,
            Some(ConstGauge::new(waiting)),
        )?;
        let expiry = expiry.map(ConstGauge::new);
        gauge(
            out,
            "hallpass_tls_certificate_expiry_timestamp_seconds",
            CERTIFICATE,
            expiry,
        )?;
        figures.map_or(Ok(()), |figures| tokens(out, &figures))
    }
}

const EPOCH: &str = "Epoch of the store: one more with each change.";
const CHECKED: &str = "Whether the whole store was checked since the start (1) or not yet (0).";
const ANCHOR: &str = "Time since the rollback anchor was last written.";
const QUEUE: &str = "Mails that are queued.";
const OLDEST: &str = "When the oldest queued mail was queued, in seconds since 1970.";
const WAITING: &str = "Passwords that wait to be hashed.";
const CERTIFICATE: &str = "Expiry of the TLS certificate, in seconds since 1970.";

/// The label of tokens in a state.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StateLabel {
    state: Word,
}

/// The label of tokens that expire soon.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WithinLabel {
    within: Word,
}

/// A word of a closed set.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Word(&'static str);

impl EncodeLabelValue for Word {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> std::fmt::Result {
        self.0.encode(encoder)
    }
}

fn tokens(encoder: &mut DescriptorEncoder<'_>, figures: &Figures) -> std::fmt::Result {
    let state = |(state, count): &(TokenState, u64)| {
        let state = Word(state.word());
        (StateLabel { state }, *count)
    };
    let states = figures.tokens.iter().map(state);
    let help = "Tokens that have a record, by state.";
    gauges(encoder, "hallpass_tokens", help, states)?;
    let within = |(within, count): &(Within, u64)| {
        let within = Word(within.word());
        (WithinLabel { within }, *count)
    };
    let expiring = figures.expiring.iter().map(within);
    let help = "Active tokens that expire within a time.";
    gauges(encoder, "hallpass_tokens_expiring", help, expiring)
}

/// Writes the gauges of a family.
fn gauges<S: EncodeLabelSet>(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    values: impl Iterator<Item = (S, u64)>,
) -> std::fmt::Result {
    let kind = ConstGauge::new(0_u64).metric_type();
    let mut family = encoder.encode_descriptor(name, help, None, kind)?;
    for (labels, value) in values {
        let value = ConstGauge::new(value);
        value.encode(family.encode_family(&labels)?)?;
    }
    Ok(())
}
