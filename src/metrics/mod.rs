//! What this node counts, in Prometheus' words.

use prometheus::{Encoder, Histogram, HistogramOpts, IntCounter, IntGauge, Registry, TextEncoder};
use std::fmt;
use std::sync::Arc;

/// Bounds of the delivery lag's buckets, seconds.
const LAG_BUCKETS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// The figures of one node. Cloning shares them.
#[derive(Clone)]
pub struct Metrics {
    inner: Arc<Inner>,
}

struct Inner {
    registry: Registry,
    now_ms: Box<dyn Fn() -> i64 + Send + Sync>,
    subscribers: IntGauge,
    topics: IntGauge,
    delivered: IntCounter,
    refills: IntCounter,
    lag: Histogram,
    bus_connected: IntGauge,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    /// Figures that all are nought; `now_ms` tells the time in epoch milliseconds.
    pub fn new(now_ms: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        let registry = Registry::new();
        let gauge = |name, help| registered(&registry, IntGauge::new(name, help));
        let counter = |name, help| registered(&registry, IntCounter::new(name, help));
        let lag = HistogramOpts::new("stream_delivery_lag", "Seconds from the last event of a delivery to that delivery, for each live reader.")
            .buckets(LAG_BUCKETS.to_vec());
        let inner = Inner {
            now_ms: Box::new(now_ms),
            subscribers: gauge("stream_subscribers", "Streams that are open, on any transport."),
            topics: gauge("stream_topics", "Builds and projects that somebody listens to."),
            delivered: counter("stream_events_delivered_total", "Events given to readers, each reader's counted."),
            refills: counter("stream_refills_total", "Times that a live reader, or a topic for all of its readers, went back to the log."),
            lag: registered(&registry, Histogram::with_opts(lag)),
            bus_connected: gauge("stream_bus_connected", "Whether news of other nodes comes by the bus: 0 while it is away or in parts."),
            registry,
        };
        inner.bus_connected.set(1);
        Self { inner: Arc::new(inner) }
    }

    /// A reader came.
    pub fn reader_came(&self) {
        self.inner.subscribers.inc();
    }

    /// A reader left.
    pub fn reader_left(&self) {
        self.inner.subscribers.dec();
    }

    /// So many topics have readers now.
    pub fn topics(&self, count: usize) {
        self.inner.topics.set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// A reader got so many events.
    pub fn delivered(&self, events: usize) {
        self.inner.delivered.inc_by(events as u64);
    }

    /// A live reader got an event of this time, epoch milliseconds.
    pub fn lagged(&self, timestamp: i64) {
        let millis = (self.inner.now_ms)().saturating_sub(timestamp).max(0);
        self.inner.lag.observe(millis as f64 / 1000.0);
    }

    /// A live reader, or a topic for all of its readers, went back to the log.
    pub fn refilled(&self) {
        self.inner.refills.inc();
    }

    /// The bus is there, or away.
    pub fn bus_connected(&self, connected: bool) {
        self.inner.bus_connected.set(i64::from(connected));
    }

    /// All of it, in Prometheus' text format 0.0.4.
    pub fn text(&self) -> String {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.inner.registry.gather(), &mut text).expect("names and help texts are plain");
        String::from_utf8(text).expect("the format is text")
    }
}

fn registered<M: prometheus::core::Collector + Clone + 'static>(registry: &Registry, metric: prometheus::Result<M>) -> M {
    let metric = metric.expect("a name is a word");
    registry.register(Box::new(metric.clone())).expect("each name stands once");
    metric
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_under_the_names_of_the_specification() {
        let metrics = Metrics::new(|| 1500);
        metrics.reader_came();
        metrics.delivered(3);
        metrics.lagged(1000);
        metrics.refilled();
        let text = metrics.text();
        for line in
            ["stream_subscribers 1", "stream_events_delivered_total 3", "stream_refills_total 1", "stream_delivery_lag_sum 0.5", "stream_delivery_lag_count 1"]
        {
            assert!(text.lines().any(|l| l == line), "{line}: {text}");
        }
    }
}
