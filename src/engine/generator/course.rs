//! The times and sizes that one generation keeps to.

use super::failure::Failure;
use std::time::Duration;
use tokio::time::Instant;

/// What a reply may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// From the first try to the last byte.
    pub overall: Duration,
    /// From one piece to the next.
    pub idle: Duration,
    /// Bytes of a reply's text at most.
    pub output_bytes_max: usize,
}

impl Limits {
    /// Bytes of a stream at most: around each few characters of text stands a whole event.
    pub(super) const fn stream_bytes(&self) -> u64 {
        self.output_bytes_max as u64 * 64 + (1 << 20)
    }

    /// Bytes of one event at most: a server may send the whole reply, escaped, in one.
    pub(super) const fn event_bytes(&self) -> usize {
        self.output_bytes_max * 2 + (64 << 10)
    }
}

/// A generation's course, from its first try.
#[derive(Debug, Clone, Copy)]
pub(super) struct Course {
    pub limits: Limits,
    begun: Instant,
    begun_ms: i64,
}

impl Course {
    pub fn begin(limits: Limits, now_ms: i64) -> Self {
        Self { limits, begun: Instant::now(), begun_ms: now_ms }
    }

    /// Until when nothing may come.
    pub fn silent_until(&self) -> Instant {
        (self.begun + self.limits.overall).min(Instant::now() + self.limits.idle)
    }

    /// Seconds so far.
    pub fn seconds(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }

    /// The time, epoch milliseconds.
    pub fn now_ms(&self) -> i64 {
        self.begun_ms + i64::try_from(self.begun.elapsed().as_millis()).unwrap_or(0)
    }

    /// The failure when nothing came until then.
    pub fn timed_out(&self) -> Failure {
        Failure::TimedOut(self.seconds())
    }
}
