//! What this node counts, in Prometheus' words.

mod edge;
mod money;
mod process;
mod shelf;

pub use edge::Edge;
pub use money::Money;
pub use shelf::Described;

use process::Process;
use prometheus::{Encoder, Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, TextEncoder};
use shelf::Shelf;
use std::fmt;
use std::sync::Arc;

/// Bounds of the delivery lag's buckets, seconds.
const LAG_BUCKETS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Bounds of seconds that builds take, and that a forecast of their start was off by.
const BUILD_BUCKETS: &[f64] = &[0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0];
/// Bounds of the ratio of the time that a build was expected to take to the time that it took.
const RATIO_BUCKETS: &[f64] = &[0.1, 0.25, 0.5, 0.75, 0.9, 1.1, 1.25, 1.5, 2.0, 4.0, 10.0];

/// The figures of one node. Cloning shares them.
#[derive(Clone)]
pub struct Metrics {
    inner: Arc<Inner>,
}

struct Inner {
    shelf: Shelf,
    now_ms: Box<dyn Fn() -> i64 + Send + Sync>,
    subscribers: IntGauge,
    topics: IntGauge,
    delivered: IntCounter,
    refills: IntCounter,
    lag: Histogram,
    bus_connected: IntGauge,
    queue_depth: IntGauge,
    active_builds: IntGauge,
    takeovers: IntCounter,
    ended: IntCounterVec,
    durations: Histogram,
    rollbacks: IntCounterVec,
    progress_hits: IntCounterVec,
    progress_updates: IntCounter,
    start_errors: Histogram,
    duration_ratios: Histogram,
    artifact_checks: IntCounterVec,
    edge: Edge,
    money: Money,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    /// Figures that all are nought; `now_ms` tells the time in epoch milliseconds.
    pub fn new(now_ms: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        let shelf = Shelf::default();
        let gauge = |name, help| shelf.registered(IntGauge::new(name, help));
        let counter = |name, help| shelf.registered(IntCounter::new(name, help));
        let counters = |name, help, label, known: &[&str]| {
            let series: Vec<&[&str]> = known.iter().map(std::slice::from_ref).collect();
            shelf.counters(name, help, &[label], &series)
        };
        let histogram = |name, help, buckets: &[f64]| shelf.registered(Histogram::with_opts(HistogramOpts::new(name, help).buckets(buckets.to_vec())));
        let lag = HistogramOpts::new("stream_delivery_lag", "Seconds from the last event of a delivery to that delivery, for each live reader.")
            .buckets(LAG_BUCKETS.to_vec());
        shelf.registered(Process::new());
        let inner = Inner {
            now_ms: Box::new(now_ms),
            subscribers: gauge("stream_subscribers", "Streams that are open, on any transport."),
            topics: gauge("stream_topics", "Builds and projects that somebody listens to."),
            delivered: counter("stream_events_delivered_total", "Events given to readers, each reader's counted."),
            refills: counter("stream_refills_total", "Times that a live reader, or a topic for all of its readers, went back to the log."),
            lag: shelf.registered(Histogram::with_opts(lag)),
            bus_connected: gauge("stream_bus_connected", "Whether news of other nodes comes by the bus: 0 while it is away or in parts."),
            queue_depth: gauge("build_queue_depth", "Builds that wait, on all nodes; delayed ones too."),
            active_builds: gauge("active_builds_total", "Builds under way, on all nodes."),
            takeovers: counter("job_lease_takeovers_total", "Builds that this node took over when another's lease was over."),
            ended: counters("build_success_rate", "Builds that ended on this node, by outcome.", "outcome", &["deployed", "failed", "cancelled", "timed_out"]),
            rollbacks: counters("rollback_success_rate", "Rollbacks that ended on this node, by outcome.", "outcome", &["completed", "failed"]),
            progress_hits: counters("rollback_progress_cache_hits", "Looks at a rollback's progress, by whether it was in memory.", "result", &["hit", "miss"]),
            progress_updates: counter("progress_update_frequency", "Times that a rollback told anew how far it is."),
            durations: histogram("build_completion_rate", "Seconds from a build's first start to its end, of those deployed.", BUILD_BUCKETS),
            start_errors: histogram("build_start_estimate_error_seconds", "Seconds between the start that the queue told first and the start.", BUILD_BUCKETS),
            duration_ratios: histogram("build_duration_estimate_ratio", "Expected time of a deployed build by the time that it took.", RATIO_BUCKETS),
            artifact_checks: counters(
                "artifact_availability_checks",
                "Times that a version's artifact was judged, by what came out.",
                "result",
                &["available", "expired", "missing"],
            ),
            edge: Edge::new(&shelf),
            money: Money::new(&shelf),
            shelf,
        };
        inner.bus_connected.set(1);
        Self { inner: Arc::new(inner) }
    }

    /// The edge's figures.
    pub fn edge(&self) -> &Edge {
        &self.inner.edge
    }

    /// The figures of money.
    pub fn money(&self) -> &Money {
        &self.inner.money
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

    /// So many builds wait, and so many are under way, on all nodes.
    pub fn queue(&self, waiting: i64, running: i64) {
        self.inner.queue_depth.set(waiting);
        self.inner.active_builds.set(running);
    }

    /// A build was taken over from a worker whose lease was over.
    pub fn lease_taken_over(&self) {
        self.inner.takeovers.inc();
    }

    /// A build ended here with this code, after so many seconds.
    pub fn build_ended(&self, code: &str, seconds: f64) {
        let outcome = match code {
            "BUILD_COMPLETED" => "deployed",
            "BUILD_TIMEOUT" => "timed_out",
            "BUILD_CANCELLED" => "cancelled",
            _ => "failed",
        };
        self.inner.ended.with_label_values(&[outcome]).inc();
        if outcome == "deployed" {
            self.inner.durations.observe(seconds);
        }
    }

    /// A rollback ended here with this code.
    pub fn rollback_ended(&self, code: &str) {
        let outcome = if code == "ROLLBACK_COMPLETED" { "completed" } else { "failed" };
        self.inner.rollbacks.with_label_values(&[outcome]).inc();
    }

    /// Somebody asked how far a rollback is, and the answer was in memory or not.
    pub fn progress_asked(&self, in_memory: bool) {
        self.inner.progress_hits.with_label_values(&[if in_memory { "hit" } else { "miss" }]).inc();
    }

    /// A rollback told anew how far it is.
    pub fn progress_told(&self) {
        self.inner.progress_updates.inc();
    }

    /// The queue's first word on when a build would start was off by so many seconds.
    pub fn start_estimated(&self, off_by_seconds: f64) {
        self.inner.start_errors.observe(off_by_seconds);
    }

    /// A build that was expected to take so long took this long.
    pub fn duration_estimated(&self, expected_seconds: f64, seconds: f64) {
        if seconds > 0.0 {
            self.inner.duration_ratios.observe(expected_seconds / seconds);
        }
    }

    /// Whether a version's artifact is there was judged: `available`, `expired` or `missing`.
    pub fn artifact_checked(&self, result: &str) {
        self.inner.artifact_checks.with_label_values(&[result]).inc();
    }

    /// The bus is there, or away.
    pub fn bus_connected(&self, connected: bool) {
        self.inner.bus_connected.set(i64::from(connected));
    }

    /// Every metric that there is, told or not.
    pub fn described(&self) -> Vec<Described> {
        self.inner.shelf.described()
    }

    /// All of it, in Prometheus' text format 0.0.4.
    pub fn text(&self) -> String {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.inner.shelf.registry.gather(), &mut text).expect("names and help texts are plain");
        String::from_utf8(text).expect("the format is text")
    }
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
