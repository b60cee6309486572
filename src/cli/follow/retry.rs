//! How long to wait before a stream is tried again, and when to give up.

use super::super::Failure;
use std::time::Duration;
use tokio::time::sleep;

/// The first wait, milliseconds; each next one is twice as long, up to the longest.
const FIRST_MS: u64 = 250;
const LONGEST_MS: u64 = 10_000;
/// Tries without an event between them.
const TRIES: u32 = 12;
/// A server's wish is followed up to here, seconds.
const WISH_MAX: u64 = 60;

/// Tries since the last event.
#[derive(Debug, Default)]
pub(super) struct Retry {
    tries: u32,
}

impl Retry {
    /// An event came: what fails from now on fails for the first time.
    pub fn reached(&mut self) {
        self.tries = 0;
    }

    /// Waits as long as the server wishes, seconds, or else as is the turn.
    pub async fn wait(&mut self, wished: Option<u64>) -> Result<(), Failure> {
        self.tries += 1;
        if self.tries > TRIES {
            return Err(Failure::Other(format!("tried {TRIES} times without an event")));
        }
        let ceiling = (FIRST_MS << (self.tries - 1).min(10)).min(LONGEST_MS);
        // anywhere in the second half: not all come back at once
        let share = u64::from(getrandom::u32().unwrap_or(0)) * (ceiling / 2) / u64::from(u32::MAX);
        sleep(wished.map_or(Duration::from_millis(ceiling / 2 + share), |seconds| Duration::from_secs(seconds.min(WISH_MAX)))).await;
        Ok(())
    }
}
