//! What money counts: credits by operation, and how good the estimates are.

use super::RATIO_BUCKETS;
use super::shelf::Shelf;
use prometheus::{Histogram, HistogramOpts, IntCounterVec};

/// The figures of money.
pub struct Money {
    used: IntCounterVec,
    estimates: Histogram,
}

impl Money {
    pub(super) fn new(shelf: &Shelf) -> Self {
        let used = shelf.counters(
            "credit_usage_total",
            "Credits that were charged by this node, by operation: `build`, `update`, `external`.",
            &["operation"],
            &[&["build"], &["update"], &["external"]],
        );
        let estimates = HistogramOpts::new("credit_estimate_ratio", "Credits set aside for a deployed build by credits that it was charged.")
            .buckets(RATIO_BUCKETS.to_vec());
        Self { used, estimates: shelf.registered(Histogram::with_opts(estimates)) }
    }

    /// So many credits were charged for an operation.
    pub fn used(&self, operation: &str, credits: i64) {
        self.used.with_label_values(&[operation]).inc_by(u64::try_from(credits).unwrap_or(0));
    }

    /// So many credits were set aside for a build that was charged so many.
    pub fn estimated(&self, reserved: i64, charged: i64) {
        if charged > 0 {
            self.estimates.observe(reserved as f64 / charged as f64);
        }
    }
}
