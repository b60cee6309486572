//! Nonces that this node saw within the clock window, so that a recorded request can't be sent again.

use super::NONCE_MS;
use sha2::{Digest, Sha256};
use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

/// Nonces remembered at most: about 90 MB, and more signed requests than a node serves in the window.
const REMEMBERED_MAX: usize = 1_000_000;

/// What is kept of a nonce: half of its SHA-256.
pub(super) fn digest(nonce: &str) -> u128 {
    let digest = Sha256::digest(nonce);
    digest.iter().take(16).fold(0, |sum, byte| (sum << 8) | u128::from(*byte))
}

/// The key of a nonce at Redis.
pub(super) fn nonce_key(digest: u128) -> String {
    format!("buildcast:nonce:{digest:032x}")
}

/// This node's memory of nonces.
#[derive(Debug, Default)]
pub(super) struct Nonces(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    seen: HashSet<u128>,
    order: VecDeque<(i64, u128)>,
}

impl Nonces {
    /// Remembers a nonce; false when it was seen within the window, or when there is no room to remember it.
    pub fn remember(&self, nonce: u128, now_ms: i64) -> bool {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while memory.order.front().is_some_and(|(at, _)| *at + NONCE_MS < now_ms) {
            if let Some((_, old)) = memory.order.pop_front() {
                memory.seen.remove(&old);
            }
        }
        if memory.seen.len() >= REMEMBERED_MAX || !memory.seen.insert(nonce) {
            return false;
        }
        memory.order.push_back((now_ms, nonce));
        true
    }

    /// Those that are remembered, each with how long it has to be from now on, milliseconds.
    pub fn remembered(&self, now_ms: i64) -> Vec<(u128, i64)> {
        let memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = memory.order.iter().map(|(at, nonce)| (*nonce, *at + NONCE_MS - now_ms));
        left.filter(|(_, life_ms)| *life_ms > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_new_once_within_the_window() {
        let nonces = Nonces::default();
        let (a, b) = (digest("a"), digest("b"));
        assert!(nonces.remember(a, 0));
        assert!(!nonces.remember(a, NONCE_MS));
        assert!(nonces.remember(b, NONCE_MS));
        assert_eq!(nonces.remembered(NONCE_MS), [(b, NONCE_MS)]);
        assert!(nonces.remember(a, NONCE_MS + 1));
    }

    #[test]
    fn a_memory_that_is_full_takes_nothing_in_until_the_oldest_are_old() {
        let nonces = Nonces::default();
        (0..REMEMBERED_MAX as u128).for_each(|nonce| assert!(nonces.remember(nonce, 0)));
        assert!(!nonces.remember(u128::MAX, NONCE_MS));
        assert!(nonces.remember(u128::MAX, NONCE_MS + 1));
    }
}
