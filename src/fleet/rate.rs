//! Who pays for a request, and what came out.

use sha2::{Digest, Sha256};
use std::net::IpAddr;
use std::time::Duration;

/// Seconds in which a limit's requests may be made.
pub const WINDOW_SECONDS: u64 = 60;
const WINDOW: Duration = Duration::from_secs(WINDOW_SECONDS);

/// Whose limit a request counts towards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Payer<'a> {
    /// The address that it came from; of IPv6 the first 64 bits, as one household or host has them all.
    Address(IpAddr),
    /// A user that it names.
    User(&'a str),
}

impl Payer<'_> {
    /// The name of this limit, in headers and metrics.
    pub const fn scope(&self) -> &'static str {
        match self {
            Self::Address(_) => "address",
            Self::User(_) => "user",
        }
    }

    /// The key at Redis: the same on all nodes, and neither an address nor a user's name.
    pub(super) fn shared_key(&self) -> String {
        let digest = match self {
            Self::Address(IpAddr::V4(address)) => Sha256::new().chain_update(b"address\0").chain_update(address.octets()),
            Self::Address(IpAddr::V6(address)) => Sha256::new().chain_update(b"address\0").chain_update(address.octets()),
            Self::User(user) => Sha256::new().chain_update(b"user\0").chain_update(user),
        };
        format!("buildcast:rate:{}", hex::encode(&digest.finalize()[..16]))
    }
}

/// What was decided about a request, and how it stands with the payer after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the request may go on.
    pub allowed: bool,
    /// Requests a minute.
    pub limit: u32,
    /// What may be spent at once.
    pub remaining: u32,
    /// Seconds until all of it may be spent again, rounded up.
    pub reset_seconds: u64,
    /// Seconds after which the same request is allowed, rounded up; 0 when it was.
    pub retry_after_seconds: u64,
}

/// The same in time, as GCRA counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spent {
    /// Until nothing is spent any more.
    pub until_full: Duration,
    /// Until a refused request is allowed; none when it was.
    pub wait: Option<Duration>,
}

impl Spent {
    pub fn verdict(self, limit: u32) -> Verdict {
        // rounded up: what is not whole again can't be spent
        let used = (self.until_full.as_nanos() * u128::from(limit)).div_ceil(WINDOW.as_nanos());
        let used = u32::try_from(used).unwrap_or(limit).min(limit);
        let seconds = |time: Duration| time.as_secs() + u64::from(time.subsec_nanos() > 0);
        Verdict {
            allowed: self.wait.is_none(),
            limit,
            remaining: limit - used,
            reset_seconds: seconds(self.until_full),
            retry_after_seconds: self.wait.map_or(0, |wait| seconds(wait).max(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_rounded_so_that_what_is_promised_is_kept() {
        let spent = |millis, wait: Option<u64>| Spent { until_full: Duration::from_millis(millis), wait: wait.map(Duration::from_millis) }.verdict(60);
        assert_eq!(spent(0, None), Verdict { allowed: true, limit: 60, remaining: 60, reset_seconds: 0, retry_after_seconds: 0 });
        assert_eq!(spent(1000, None), Verdict { allowed: true, limit: 60, remaining: 59, reset_seconds: 1, retry_after_seconds: 0 });
        assert_eq!(spent(1001, None).remaining, 58);
        assert_eq!(spent(59_500, Some(500)), Verdict { allowed: false, limit: 60, remaining: 0, reset_seconds: 60, retry_after_seconds: 1 });
        assert_eq!(spent(60_000, Some(1001)).retry_after_seconds, 2);
    }

    #[test]
    fn a_user_can_not_be_named_like_an_address() {
        let address = Payer::Address([97, 98, 99, 100].into());
        assert_ne!(address.shared_key(), Payer::User("abcd").shared_key());
        assert_ne!(Payer::User("a").shared_key(), Payer::User("b").shared_key());
    }
}
