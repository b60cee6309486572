//! How many streams a token, an address and this node may have open at once.

use crate::domain::problem::{Problem, QuotaExceeded};
use crate::service::access::StreamCaller;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Seconds after which a client may try again on a node that is full.
const RETRY_AFTER: u64 = 5;

/// The limits, and the streams that count towards them.
#[derive(Debug, Clone)]
pub struct StreamLimits {
    /// Streams of one token at most.
    pub per_token: usize,
    /// Streams of one address at most.
    pub per_address: usize,
    /// Streams of this node at most.
    pub per_node: usize,
    open: Arc<Mutex<Open>>,
}

#[derive(Debug, Default)]
struct Open {
    all: usize,
    by_holder: HashMap<Holder, usize>,
}

/// Whom a stream counts for. A token by its hash: the token itself is a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Holder {
    Token(u64),
    Address(IpAddr),
}

/// An open stream's place; it is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    open: Arc<Mutex<Open>>,
    holders: Vec<Holder>,
}

impl StreamLimits {
    /// Limits with nothing open yet.
    pub fn new(per_token: usize, per_address: usize, per_node: usize) -> Self {
        Self { per_token, per_address, per_node, open: Arc::default() }
    }

    /// Takes a place for a caller's stream, or says which limit is reached.
    pub(super) fn enter(&self, caller: &StreamCaller, address: Option<IpAddr>) -> Result<Place, Problem> {
        let token = if let StreamCaller::Token(token) = caller { Some(Holder::Token(hash(token))) } else { None };
        let limited = [("streams_per_token", token, self.per_token), ("streams_per_address", address.map(Holder::Address), self.per_address)];
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.all >= self.per_node {
            return Err(Problem::unavailable(RETRY_AFTER));
        }
        for (kind, holder, limit) in limited {
            let used = holder.and_then(|holder| open.by_holder.get(&holder)).copied().unwrap_or(0);
            if holder.is_some() && used >= limit {
                return Err(QuotaExceeded { quota_type: Some(kind.into()), limit: Some(limit as u64), used: Some(used as u64) }.into());
            }
        }
        let holders: Vec<Holder> = limited.into_iter().filter_map(|(_, holder, _)| holder).collect();
        open.all += 1;
        holders.iter().for_each(|holder| *open.by_holder.entry(*holder).or_default() += 1);
        Ok(Place { open: self.open.clone(), holders })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.all -= 1;
        for holder in &self.holders {
            if let Some(count) = open.by_holder.get_mut(holder) {
                *count -= 1;
                if *count == 0 {
                    open.by_holder.remove(holder);
                }
            }
        }
    }
}

fn hash(token: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    token.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_is_held_and_a_place_is_freed() {
        let limits = StreamLimits::new(1, 2, 3);
        let (a, b) = (Some(IpAddr::from([127, 0, 0, 1])), Some(IpAddr::from([127, 0, 0, 2])));
        let token = |text: &str| StreamCaller::Token(text.into());
        let first = limits.enter(&token("x"), a).unwrap();
        assert_eq!(limits.enter(&token("x"), b).unwrap_err().code(), "QUOTA_EXCEEDED");
        let _second = limits.enter(&token("y"), a).unwrap();
        assert_eq!(limits.enter(&token("z"), a).unwrap_err().code(), "QUOTA_EXCEEDED");
        let _third = limits.enter(&StreamCaller::Signed, b).unwrap();
        assert_eq!(limits.enter(&StreamCaller::Signed, b).unwrap_err().code(), "SERVICE_UNAVAILABLE");
        drop(first);
        assert!(limits.enter(&token("x"), b).is_ok());
        let open = limits.open.lock().unwrap();
        assert_eq!((open.all, open.by_holder.len()), (2, 3), "what is closed is forgotten");
    }
}
