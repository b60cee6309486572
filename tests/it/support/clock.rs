//! A clock that a test moves.

use buildcast::service::Clock;
use buildcast::service::clock::SystemClock;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// The machine's clock until it is stopped; then it shows what it is told. Cloning shares it.
#[derive(Debug, Clone, Default)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    /// Stops at this time, epoch milliseconds.
    pub fn stop_at(&self, now_ms: i64) {
        self.0.store(now_ms, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now_ms(&self) -> i64 {
        match self.0.load(Ordering::Relaxed) {
            0 => SystemClock.now_ms(),
            stopped => stopped,
        }
    }

    fn new_id(&self) -> String {
        SystemClock.new_id()
    }
}
