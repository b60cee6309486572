//! Who works under which key on this node: one at a time, and not too many behind.

use super::{Once, in_progress};
use crate::domain::problem::Problem;
use crate::service::Services;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::OwnedMutexGuard;

/// Requests that wait for one key at most.
const WAITING_MAX: usize = 16;
/// How long a request waits for the one before it.
const WAIT: Duration = Duration::from_secs(5);

/// The keys that somebody works under.
#[derive(Debug, Default)]
pub(in crate::service) struct KeyQueues(Arc<Mutex<HashMap<String, Queue>>>);

/// Those who work under a key, or wait to.
#[derive(Debug, Default)]
struct Queue {
    lock: Arc<tokio::sync::Mutex<()>>,
    people: usize,
}

/// A request's turn under its key; the next one's begins when it is dropped.
#[derive(Debug)]
pub struct KeyTurn {
    // given back before the place is
    _lock: OwnedMutexGuard<()>,
    _place: Place,
}

/// A place in a key's queue.
#[derive(Debug)]
struct Place {
    queues: Arc<Mutex<HashMap<String, Queue>>>,
    key: String,
}

impl KeyQueues {
    /// Waits for a key's turn; none when that takes too long, or too many wait already.
    async fn take(&self, key: &str, wait: Duration) -> Option<KeyTurn> {
        let (place, lock) = self.queue(key)?;
        let lock = tokio::time::timeout(wait, lock.lock_owned()).await.ok()?;
        Some(KeyTurn { _lock: lock, _place: place })
    }

    fn queue(&self, key: &str) -> Option<(Place, Arc<tokio::sync::Mutex<()>>)> {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = queues.entry(key.to_owned()).or_default();
        // one works, the others wait
        if queue.people > WAITING_MAX {
            return None;
        }
        queue.people += 1;
        Some((Place { queues: self.0.clone(), key: key.to_owned() }, queue.lock.clone()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = queues.get_mut(&self.key) {
            queue.people -= 1;
            if queue.people == 0 {
                queues.remove(&self.key);
            }
        }
    }
}

impl Services {
    /// Waits until no other request of this node works under the same key: 5 s at most, and 16 at most wait. Otherwise
    /// IDEMPOTENCY_IN_PROGRESS.
    pub async fn key_turn(&self, once: &Once) -> Result<Option<KeyTurn>, Problem> {
        match &once.0 {
            None => Ok(None),
            Some(claim) => self.inner.key_queues.take(&claim.key_hash, WAIT).await.map(Some).ok_or_else(in_progress),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_works_sixteen_wait_and_the_next_is_refused_at_once() {
        let queues = Arc::new(KeyQueues::default());
        let first = queues.take("k", WAIT).await.unwrap();
        let waiting: Vec<_> = (0..WAITING_MAX)
            .map(|_| {
                let queues = queues.clone();
                tokio::spawn(async move { queues.take("k", WAIT).await.is_some() })
            })
            .collect();
        while queues.0.lock().unwrap()["k"].people <= WAITING_MAX {
            tokio::task::yield_now().await;
        }
        // there is no place to wait in
        assert!(queues.queue("k").is_none() && queues.queue("other").is_some());
        drop(first);
        for waited in waiting {
            assert!(waited.await.unwrap());
        }
        assert!(queues.0.lock().unwrap().is_empty(), "keys that nobody works under are forgotten");
    }

    #[tokio::test]
    async fn nobody_waits_longer_than_is_allowed() {
        let queues = KeyQueues::default();
        let first = queues.take("k", WAIT).await.unwrap();
        assert!(queues.take("k", Duration::ZERO).await.is_none());
        assert_eq!(queues.0.lock().unwrap()["k"].people, 1, "who gave up is in nobody's way");
        drop(first);
        assert!(queues.take("k", Duration::ZERO).await.is_some());
    }
}
