//! What is registered, with the labels that it may have: a series that is not known before it is told is not in the text.

use prometheus::core::Collector;
use prometheus::{IntCounterVec, Opts, Registry};
use std::sync::{Mutex, PoisonError};

/// A metric by name, with the names of its labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// The name; a histogram adds `_bucket`, `_sum` and `_count`.
    pub name: String,
    /// Its labels; a histogram's buckets have `le` besides.
    pub labels: Vec<String>,
}

/// The registry, and a list of what is in it.
#[derive(Default)]
pub(super) struct Shelf {
    pub registry: Registry,
    described: Mutex<Vec<Described>>,
}

impl Shelf {
    /// Registers a metric, whose name stands once.
    pub fn registered<M: Collector + Clone + 'static>(&self, metric: prometheus::Result<M>) -> M {
        let metric = metric.expect("a name is a word");
        let described = metric.desc().into_iter().map(|desc| Described { name: desc.fq_name.clone(), labels: desc.variable_labels.clone() });
        self.described.lock().unwrap_or_else(PoisonError::into_inner).extend(described);
        self.registry.register(Box::new(metric.clone())).expect("each name stands once");
        metric
    }

    /// A counter with labels, whose known series are there from the start, at nought: one that began with its first count would
    /// hide it from `increase()`.
    pub fn counters(&self, name: &str, help: &str, labels: &[&str], known: &[&[&str]]) -> IntCounterVec {
        let counters = self.registered(IntCounterVec::new(Opts::new(name, help), labels));
        for values in known {
            counters.with_label_values(values);
        }
        counters
    }

    /// All that is registered.
    pub fn described(&self) -> Vec<Described> {
        self.described.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
