//! The memory of a node's own limits: two generations of entries, so that it is bounded and comes back by itself.
//!
//! When the current generation is full, or older than the time in which any bucket fills, it becomes the previous one and the
//! one before is forgotten. Who asks is carried into the current one. So nobody is forgotten who asked within a minute, unless
//! half a million others asked since.

use governor::clock::Clock;
use governor::nanos::Nanos;
use governor::state::StateStore;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Entries of a generation at most, half of all. Two full ones take 57 MB.
pub(super) const GENERATION_MAX: usize = 500_000;
/// The time in which any bucket is full again.
pub(super) const FILL: Duration = Duration::from_secs(super::WINDOW_SECONDS);

/// The time that has passed on the service's clock, in nanoseconds. One that is set back stands still for a moment, and goes
/// on: nobody is kept out until it has caught up.
#[derive(Clone)]
pub(super) struct Since {
    now_ms: Arc<dyn Fn() -> i64 + Send + Sync>,
    passed: Arc<Mutex<Passed>>,
}

struct Passed {
    last_ms: i64,
    millis: u64,
}

impl Since {
    pub fn now(now_ms: Arc<dyn Fn() -> i64 + Send + Sync>) -> Self {
        let passed = Arc::new(Mutex::new(Passed { last_ms: now_ms(), millis: 0 }));
        Self { now_ms, passed }
    }
}

impl Clock for Since {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        let now_ms = (self.now_ms)();
        passed.millis += u64::try_from(now_ms.saturating_sub(passed.last_ms)).unwrap_or(0);
        passed.last_ms = now_ms;
        Nanos::new(passed.millis.saturating_mul(1_000_000))
    }
}

/// When each bucket is full again, by the hash of its payer. Cloning shares it.
#[derive(Clone)]
pub(super) struct Table {
    clock: Since,
    generations: Arc<Mutex<Generations>>,
}

#[derive(Default)]
struct Generations {
    current: HashMap<u64, u64>,
    previous: HashMap<u64, u64>,
    began: u64,
}

impl Table {
    pub fn new(clock: Since) -> Self {
        Self { clock, generations: Arc::default() }
    }

    /// When this bucket is full again; in the past, or unknown, when it is.
    pub fn full_at(&self, key: u64) -> Option<Nanos> {
        let now = self.clock.now().as_u64();
        self.lock().find(key, now).map(Nanos::new)
    }

    /// Sets when this bucket is full again.
    pub fn set(&self, key: u64, full_at: Nanos) {
        let now = self.clock.now().as_u64();
        self.lock().put(key, full_at.as_u64(), now);
    }

    /// Entries that are remembered.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        let generations = self.lock();
        generations.current.len() + generations.previous.len()
    }

    /// Bytes that the maps take by their capacity: an entry has two words, and a byte of the map's own.
    #[cfg(test)]
    pub fn bytes(&self) -> usize {
        let buckets = |map: &HashMap<u64, u64>| (map.capacity() * 8 / 7).next_power_of_two();
        let generations = self.lock();
        (buckets(&generations.current) + buckets(&generations.previous)) * (2 * size_of::<u64>() + 1)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Generations> {
        self.generations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn find(&self, key: u64, now: u64) -> Option<u64> {
        let known = self.current.get(&key).or_else(|| self.previous.get(&key)).copied();
        // whatever was written, nobody is kept out for longer than a bucket takes to fill
        known.map(|full_at| full_at.min(now.saturating_add(nanos(FILL))))
    }

    fn put(&mut self, key: u64, full_at: u64, now: u64) {
        let old = now.abs_diff(self.began) >= nanos(FILL);
        if old || self.current.len() >= GENERATION_MAX && !self.current.contains_key(&key) {
            self.previous = std::mem::take(&mut self.current);
            self.began = now;
        }
        self.current.insert(key, full_at);
    }
}

impl StateStore for Table {
    type Key = u64;

    fn measure_and_replace<T, F, E>(&self, key: &u64, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let now = self.clock.now().as_u64();
        let mut generations = self.lock();
        let known = generations.find(*key, now);
        let outcome = f(known.map(Nanos::new));
        let full_at = outcome.as_ref().ok().map(|(_, next)| next.as_u64()).or(known);
        // who is refused is carried on, too
        if let Some(full_at) = full_at {
            generations.put(*key, full_at, now);
        }
        outcome.map(|(value, _)| value)
    }
}

const fn nanos(duration: Duration) -> u64 {
    duration.as_secs() * 1_000_000_000
}
