//! Counters that are found without a lock.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use super::labels::Label;

/// The counters of a family, one for each value of its label. They exist from the start, so that a
/// rate can be computed from the first event on.
#[derive(Debug)]
pub(super) struct Series<A> {
    counters: Vec<Counter>,
    label: std::marker::PhantomData<A>,
}

impl<A: Label> Series<A> {
    /// Registers a family.
    pub(super) fn register<S>(
        registry: &mut Registry,
        name: &str,
        help: &str,
        labels: impl Fn(A) -> S,
    ) -> Self
    where
        S: EncodeLabelSet + std::hash::Hash + Eq + Clone + Send + Sync + std::fmt::Debug + 'static,
    {
        let family = Family::<S, Counter>::default();
        registry.register(name, help, family.clone());
        let counter = |value: &A| family.get_or_create_owned(&labels(*value));
        Self {
            counters: A::ALL.iter().map(counter).collect(),
            label: std::marker::PhantomData,
        }
    }

    /// Counts one event.
    pub(super) fn count(&self, value: A) {
        if let Some(counter) = self.counters.get(value.index()) {
            counter.inc();
        }
    }
}

/// The counters of a family with two labels.
#[derive(Debug)]
pub(super) struct Table<A, B> {
    rows: Vec<Vec<Counter>>,
    labels: std::marker::PhantomData<(A, B)>,
}

impl<A: Label, B: Label> Table<A, B> {
    /// Registers a family.
    pub(super) fn register<S>(
        registry: &mut Registry,
        name: &str,
        help: &str,
        labels: impl Fn(A, B) -> S,
    ) -> Self
    where
        S: EncodeLabelSet + std::hash::Hash + Eq + Clone + Send + Sync + std::fmt::Debug + 'static,
    {
        let family = Family::<S, Counter>::default();
        registry.register(name, help, family.clone());
        let counter = |a: A, b: B| family.get_or_create_owned(&labels(a, b));
        let row = |a: &A| B::ALL.iter().map(|b| counter(*a, *b)).collect();
        Self {
            rows: A::ALL.iter().map(row).collect(),
            labels: std::marker::PhantomData,
        }
    }

    /// Counts one event.
    pub(super) fn count(&self, a: A, b: B) {
        let row = self.rows.get(a.index());
        if let Some(counter) = row.and_then(|row| row.get(b.index())) {
            counter.inc();
        }
    }
}
