//! What the edge counts: requests, signatures, limits, keys.

use super::shelf::Shelf;
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec};

/// Bounds of seconds that a request takes.
const REQUEST_BUCKETS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0, 10.0];

/// What mostly comes of signatures, by version.
const SIGNATURES: &[&[&str]] = &[
    &["v1", "accepted"],
    &["v1", "invalid"],
    &["v2", "accepted"],
    &["v2", "invalid"],
    &["v2", "expired"],
    &["v2", "replayed"],
    &["both", "accepted"],
    &["both", "invalid"],
    &["none", "missing"],
];

/// The edge's figures.
pub struct Edge {
    requests: HistogramVec,
    signatures: IntCounterVec,
    idempotency: IntCounterVec,
    limited: IntCounterVec,
    alone: IntCounterVec,
}

impl Edge {
    pub(super) fn new(shelf: &Shelf) -> Self {
        let requests = HistogramOpts::new("api_request_duration", "Seconds from a request's head to its answer's, by route, method and class of status.")
            .buckets(REQUEST_BUCKETS.to_vec());
        let requests = shelf.registered(HistogramVec::new(requests, &["route", "method", "status"]));
        // what asks for these figures is answered itself
        requests.with_label_values(&["/metrics", "GET", "2xx"]);
        Self {
            requests,
            signatures: shelf.counters(
                "signature_verifications_total",
                "Signatures that were judged, by version and what came out.",
                &["version", "result"],
                SIGNATURES,
            ),
            idempotency: shelf.counters(
                "idempotency_hits_total",
                "Requests whose key was known, by what became of them.",
                &["result"],
                &[&["replayed"], &["reused"], &["in_progress"]],
            ),
            limited: shelf.counters(
                "rate_limited_total",
                "Requests that were refused for their rate, by what was over its limit.",
                &["scope"],
                &[&["address"], &["user"]],
            ),
            alone: shelf.counters(
                "fleet_fallbacks_total",
                "Questions that this node answered from its own memory because Redis did not.",
                &["question"],
                &[&["rate"], &["nonce"]],
            ),
        }
    }

    /// A request was answered; `route` is a template of the document and never a path, `status` a class such as `2xx`.
    pub fn answered(&self, route: &str, method: &str, status: &str, seconds: f64) {
        self.requests.with_label_values(&[route, method, status]).observe(seconds);
    }

    /// A signature of this version (`v1`, `v2`, `both`, `none`) came out so: `accepted`, `missing`, `invalid`, `expired`,
    /// `replayed`.
    pub fn signature(&self, version: &'static str, result: &'static str) {
        self.signatures.with_label_values(&[version, result]).inc();
    }

    /// A request's key was known: `replayed`, `reused`, `in_progress`.
    pub fn key_known(&self, result: &'static str) {
        self.idempotency.with_label_values(&[result]).inc();
    }

    /// A request was refused for its rate: of its `address` or its `user`.
    pub fn limited(&self, scope: &'static str) {
        self.limited.with_label_values(&[scope]).inc();
    }

    /// Redis did not answer a question (`rate`, `nonce`), and this node's memory did.
    pub fn alone(&self, question: &'static str) {
        self.alone.with_label_values(&[question]).inc();
    }
}
