//! Statistics that were counted a moment ago: who looks again, or at the same, is told them again.

use super::builds::BuildAnalytics;
use super::usage::UsageAnalytics;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use tokio::sync::Semaphore;

/// Statistics that are remembered at most, of each kind.
const REMEMBERED_MAX: usize = 1000;

/// What a statistic is of: its kind's query with its days.
pub(super) type Asked = (i64, i64, Option<String>, Option<String>);

/// What this node knows of statistics.
#[derive(Debug)]
pub(in crate::service) struct Statistics {
    /// Those that the database is asked for at once: they read much, and others read too.
    pub(super) turns: Semaphore,
    pub(super) builds: Recent<BuildAnalytics>,
    pub(super) usage: Recent<UsageAnalytics>,
}

/// Answers with the time at which each was counted, epoch milliseconds.
#[derive(Debug)]
pub(super) struct Recent<T>(Mutex<HashMap<Asked, (i64, T)>>);

impl Statistics {
    /// With so many connections that reads can have.
    pub fn new(readers: usize) -> Self {
        Self { turns: Semaphore::new((readers / 4).max(1)), builds: Recent(Mutex::default()), usage: Recent(Mutex::default()) }
    }
}

impl<T: Clone> Recent<T> {
    /// What was counted within so many milliseconds.
    pub fn find(&self, asked: &Asked, now_ms: i64, fresh_ms: i64) -> Option<T> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(asked).filter(|(at_ms, _)| (0..fresh_ms).contains(&(now_ms - at_ms))).map(|(_, answer)| answer.clone())
    }

    /// Remembers what was counted at a time.
    pub fn keep(&self, asked: Asked, at_ms: i64, answer: &T) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED_MAX {
            known.clear();
        }
        known.insert(asked, (at_ms, answer.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_told_again_for_its_time_and_for_nothing_else() {
        let (recent, asked) = (Recent(Mutex::default()), |user: &str| (0, 1, Some(user.to_owned()), None));
        recent.keep(asked("u"), 1000, &7);
        assert_eq!([recent.find(&asked("u"), 1000, 2), recent.find(&asked("u"), 1001, 2), recent.find(&asked("u"), 1002, 2)], [Some(7), Some(7), None]);
        assert_eq!((recent.find(&asked("v"), 1000, 2), recent.find(&asked("u"), 1000, 0), recent.find(&asked("u"), 999, 2)), (None, None, None));
        (0..REMEMBERED_MAX).for_each(|n| recent.keep(asked(&n.to_string()), 1000, &8));
        assert!(recent.0.lock().unwrap().len() <= REMEMBERED_MAX);
    }
}
