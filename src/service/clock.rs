//! Time and ids, the two things that the rules must be given.

use std::time::{SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// Where time and ids come from.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Epoch milliseconds.
    fn now_ms(&self) -> i64;
    /// An id, unique for ever, that sorts by its time.
    fn new_id(&self) -> String;
}

/// The machine's clock and randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place where the clock is read")]
    fn now_ms(&self) -> i64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place where ids are made")]
    fn new_id(&self) -> String {
        Uuid::now_v7().to_string()
    }
}
