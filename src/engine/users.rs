//! Users of the machine that builds run as, one for each build at once: the kernel counts processes by user, and keeps
//! one user's files and processes from another.

use std::sync::{Arc, Mutex, PoisonError};

/// The users of this node's builds that are free.
#[derive(Debug, Clone)]
pub struct Users {
    /// The first of them.
    pub first: u32,
    free: Arc<Mutex<Vec<u32>>>,
}

/// A user that a build has to itself, until it is dropped.
#[derive(Debug)]
pub(super) struct User {
    pub uid: u32,
    free: Arc<Mutex<Vec<u32>>>,
}

impl Users {
    /// As many users as builds at once, from `first` on. They need not be known to the machine.
    pub fn new(first: u32, builds: usize) -> Self {
        let count = u32::try_from(builds).unwrap_or(u32::MAX);
        Self { first, free: Arc::new(Mutex::new((first..first.saturating_add(count)).rev().collect())) }
    }

    /// A user that no other build of this node has.
    pub(super) fn take(&self) -> Option<User> {
        let uid = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
        Some(User { uid, free: self.free.clone() })
    }
}

impl Drop for User {
    fn drop(&mut self) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(self.uid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_builds_have_one_user() {
        let users = Users::new(600_000, 2);
        let (a, b) = (users.take().unwrap(), users.take().unwrap());
        assert_eq!((a.uid, b.uid), (600_000, 600_001));
        assert!(users.take().is_none());
        drop(a);
        assert_eq!(users.take().unwrap().uid, 600_000);
    }
}
