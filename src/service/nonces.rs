//! Nonces seen within the clock window, so that a recorded request can't be sent again.

use crate::domain::signature::CLOCK_WINDOW_MS;
use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

/// Nonces remembered at most: at 100 bytes each about 100 MB, and more signed requests than a node serves in the window.
const REMEMBERED_MAX: usize = 1_000_000;

/// This node's memory of nonces.
#[derive(Debug, Default)]
pub(super) struct Nonces(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    seen: HashSet<String>,
    order: VecDeque<(i64, String)>,
}

impl Nonces {
    /// Remembers a nonce; false when it was seen within the window, or when there is no room to remember it.
    pub(super) fn remember(&self, nonce: String, now_ms: i64) -> bool {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // a timestamp may be a window ahead and stays good until a window behind
        while memory.order.front().is_some_and(|(at, _)| *at + 2 * CLOCK_WINDOW_MS < now_ms) {
            if let Some((_, old)) = memory.order.pop_front() {
                memory.seen.remove(&old);
            }
        }
        if memory.seen.len() >= REMEMBERED_MAX || !memory.seen.insert(nonce.clone()) {
            return false;
        }
        memory.order.push_back((now_ms, nonce));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_new_once_within_the_window() {
        let nonces = Nonces::default();
        assert!(nonces.remember("a".into(), 0));
        assert!(!nonces.remember("a".into(), 2 * CLOCK_WINDOW_MS));
        assert!(nonces.remember("a".into(), 2 * CLOCK_WINDOW_MS + 1));
    }
}
