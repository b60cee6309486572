//! How long a build has used a provider. Every event of the build carries what is used so far into its row.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

#[derive(Debug, Clone, Default)]
struct Reading {
    /// What earlier attempts had used, seconds.
    before: f64,
    used: Duration,
    since: Option<Instant>,
}

impl Reading {
    fn stop(&mut self, now: Instant) {
        self.used += self.since.take().map_or(Duration::ZERO, |since| now - since);
    }

    fn seconds(&self, now: Instant) -> Option<f64> {
        let used = self.used + self.since.map_or(Duration::ZERO, |since| now - since);
        (!used.is_zero()).then_some(self.before + used.as_secs_f64())
    }
}

/// A build's meter under one claim. Cloning shares it.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Mutex<Reading>>);

/// A provider in use: counted until it is dropped.
#[derive(Debug)]
pub struct InUse(Option<Meter>);

impl Meter {
    /// Goes on from what the build's row says.
    pub(super) fn resume(&self, seconds: f64) {
        self.reading().before = seconds;
    }

    /// Begins to count.
    pub fn start(&self) -> InUse {
        self.reading().since = Some(Instant::now());
        InUse(Some(self.clone()))
    }

    /// Seconds in all, as the build's row is to say; none when this claim has used nothing.
    pub fn seconds(&self) -> Option<f64> {
        self.reading().seconds(Instant::now())
    }

    fn reading(&self) -> MutexGuard<'_, Reading> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl InUse {
    /// It was not used after all: a refusal, or no connection.
    pub fn discard(mut self) {
        if let Some(meter) = self.0.take() {
            meter.reading().since = None;
        }
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        if let Some(meter) = self.0.take() {
            meter.reading().stop(Instant::now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_adds_up_to_what_was_used_before() {
        let begun = Instant::now();
        let after = |seconds| begun + Duration::from_secs(seconds);
        let mut reading = Reading { before: 10.0, ..Reading::default() };
        assert_eq!(reading.seconds(begun), None);
        reading.since = Some(begun);
        assert_eq!(reading.seconds(after(1)), Some(11.0), "while it is in use");
        reading.stop(after(2));
        assert_eq!(reading.seconds(after(100)), Some(12.0));
        reading.since = Some(after(100));
        assert_eq!(reading.seconds(after(103)), Some(15.0));
    }

    #[test]
    fn a_refusal_is_not_counted_and_a_drop_is() {
        let meter = Meter::default();
        meter.resume(10.0);
        meter.start().discard();
        assert_eq!(meter.seconds(), None);
        drop(meter.clone().start());
        assert!(meter.seconds().is_some_and(|seconds| seconds > 10.0));
        assert!(meter.reading().since.is_none());
    }
}
