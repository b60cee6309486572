//! A lock for each name: work on one name is done by one at a time, while work on others goes on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::OwnedMutexGuard;

/// The locks of the names that somebody works on. Cloning shares them.
#[derive(Debug, Default, Clone)]
pub struct KeyedLocks(Arc<Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>>);

impl KeyedLocks {
    /// Waits for this name's lock; it is held as long as the guard lives.
    pub async fn lock(&self, name: &str) -> OwnedMutexGuard<()> {
        self.of(name).lock_owned().await
    }

    fn of(&self, name: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = locks.get(name).and_then(Weak::upgrade) {
            return lock;
        }
        locks.retain(|_, lock| lock.strong_count() > 0);
        let lock = Arc::default();
        locks.insert(name.to_owned(), Arc::downgrade(&lock));
        lock
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_name_is_locked_and_another_is_not() {
        let locks = KeyedLocks::default();
        let held = locks.lock("a").await;
        assert!(locks.of("a").try_lock().is_err() && locks.of("b").try_lock().is_ok());
        drop(held);
        assert!(locks.of("a").try_lock().is_ok());
        let _other = locks.lock("c").await;
        assert_eq!(locks.0.lock().unwrap().len(), 1, "names that nobody works on are forgotten");
    }
}
