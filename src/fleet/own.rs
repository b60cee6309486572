//! This node's own limits: governor's GCRA over a bounded table.

use super::rate::{Payer, Spent};
use super::table::{FILL, Since, Table};
use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::{Quota, RateLimiter};
use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

/// The limits of all payers that asked of late.
pub(super) struct Own {
    limiter: RateLimiter<u64, Table, Since, NoOpMiddleware<Nanos>>,
    table: Table,
    clock: Since,
    /// In which one request comes back.
    interval: Duration,
    /// Seeded at random: nobody can choose a name that shares another's bucket.
    seed: RandomState,
}

impl std::fmt::Debug for Own {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Own").finish_non_exhaustive()
    }
}

impl Own {
    /// Limits of so many requests a minute, all of which may be made at once.
    pub fn new(rate: u32, now_ms: Arc<dyn Fn() -> i64 + Send + Sync>) -> Self {
        let clock = Since::now(now_ms);
        let table = Table::new(clock.clone());
        let quota = Quota::per_minute(NonZeroU32::new(rate).unwrap_or(NonZeroU32::MIN));
        let (limiter, interval) = (RateLimiter::new(quota, table.clone(), clock.clone()), quota.replenish_interval());
        Self { limiter, table, clock, interval, seed: RandomState::new() }
    }

    pub fn take(&self, payer: &Payer<'_>, cost: u32) -> Spent {
        let key = self.seed.hash_one(payer);
        let outcome = self.limiter.check_key_n(&key, NonZeroU32::new(cost).unwrap_or(NonZeroU32::MIN));
        let wait = match outcome {
            Ok(Ok(())) => None,
            Ok(Err(not_until)) => Some(not_until.wait_time_from(self.clock.now())),
            // more than can ever be spent at once
            Err(_) => Some(FILL),
        };
        Spent { until_full: self.until_full(key), wait }
    }

    /// Gives back a cost that was taken.
    pub fn give_back(&self, payer: &Payer<'_>, cost: u32) -> Spent {
        let key = self.seed.hash_one(payer);
        let left = self.until_full(key).saturating_sub(self.interval * cost);
        self.table.set(key, self.clock.now() + left);
        Spent { until_full: left, wait: None }
    }

    pub fn look(&self, payer: &Payer<'_>) -> Spent {
        Spent { until_full: self.until_full(self.seed.hash_one(payer)), wait: None }
    }

    /// Takes over what the fleet decided, so that this node goes on from there when it is alone.
    pub fn learn(&self, payer: &Payer<'_>, until_full: Duration) {
        self.table.set(self.seed.hash_one(payer), self.clock.now() + until_full.min(FILL));
    }

    fn until_full(&self, key: u64) -> Duration {
        let full_at = self.table.full_at(key).unwrap_or_default();
        full_at.saturating_sub(self.clock.now()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::GENERATION_MAX;
    use super::*;
    use std::net::Ipv4Addr;
    use std::sync::atomic::{AtomicI64, Ordering};

    struct Scene {
        own: Own,
        now: Arc<AtomicI64>,
        rate: u32,
    }

    fn scene(rate: u32) -> Scene {
        let now = Arc::new(AtomicI64::new(1_735_689_600_000));
        let shown = now.clone();
        Scene { own: Own::new(rate, Arc::new(move || shown.load(Ordering::Relaxed))), now, rate }
    }

    impl Scene {
        fn take(&self, user: &str, cost: u32) -> super::super::Verdict {
            self.own.take(&Payer::User(user), cost).verdict(self.rate)
        }

        fn flood(&self, addresses: u32) {
            for n in 0..addresses {
                self.own.take(&Payer::Address(Ipv4Addr::from(n).into()), 1);
            }
        }

        fn pass(&self, millis: i64) {
            self.now.fetch_add(millis, Ordering::Relaxed);
        }
    }

    #[test]
    fn what_may_be_spent_comes_back_to_the_second() {
        for (rate, cost) in [(60, 1), (60, 2), (7, 1), (1, 1), (1000, 2)] {
            let scene = scene(rate);
            (0..rate).for_each(|spent| assert_eq!(scene.take("u", 1).remaining, rate - spent - 1));
            let refused = scene.take("u", cost);
            assert!(!refused.allowed && refused.remaining == 0 && refused.reset_seconds == 60, "{rate}: {refused:?}");
            let wait = i64::try_from(refused.retry_after_seconds).unwrap() * 1000;
            scene.pass(wait - 1000);
            assert!(!scene.take("u", cost).allowed, "{rate}: a second early");
            assert!(scene.take("v", cost.min(rate)).allowed, "{rate}: somebody else");
            scene.pass(1000);
            assert!(scene.take("u", cost).allowed, "{rate}: at the second");
        }
    }

    #[test]
    fn what_is_given_back_may_be_spent_again_and_no_more() {
        let scene = scene(60);
        assert_eq!(scene.take("u", 2).remaining, 58);
        let given = |cost| scene.own.give_back(&Payer::User("u"), cost).verdict(60).remaining;
        assert_eq!([given(1), given(1), given(1)], [59, 60, 60]);
        (0..60).for_each(|_| assert!(scene.take("u", 1).allowed));
        assert!(!scene.take("u", 1).allowed);
    }

    #[test]
    fn nobody_is_forgotten_in_a_flood_of_four_hundred_thousand() {
        let scene = scene(60);
        (0..60).for_each(|_| assert!(scene.take("u", 1).allowed));
        scene.flood(400_000);
        assert!(!scene.take("u", 1).allowed);
        assert_eq!(scene.own.look(&Payer::User("u")).verdict(60).remaining, 0);
        // who asks again is carried on, also when refused
        scene.flood(400_000);
        assert!(!scene.take("u", 1).allowed);
    }

    #[test]
    fn two_million_addresses_leave_a_million_entries_and_a_minute_later_none() {
        let scene = scene(60);
        scene.flood(2_000_000);
        let most = 2 * GENERATION_MAX;
        assert!((most / 2..=most).contains(&scene.own.table.len()), "{}", scene.own.table.len());
        scene.pass(60_000);
        scene.take("u", 1);
        scene.pass(60_000);
        scene.take("u", 1);
        assert_eq!(scene.own.table.len(), 2, "one in each generation");
    }

    #[test]
    fn a_million_addresses_cost_at_most_a_hundred_megabytes() {
        let scene = scene(60);
        scene.flood(1_000_000);
        let cost = scene.own.table.bytes();
        assert!((16_000_000..=100_000_000).contains(&cost), "{cost}");
    }

    #[test]
    fn a_clock_that_is_set_back_keeps_nobody_out() {
        let scene = scene(60);
        scene.pass(3_600_000);
        (0..60).for_each(|_| assert!(scene.take("u", 1).allowed));
        scene.pass(-3_000_000);
        assert_eq!(scene.take("u", 1).retry_after_seconds, 1);
        scene.pass(1_000);
        assert!(scene.take("u", 1).allowed, "it goes on from there");
        // also before the time at which the node began
        scene.pass(-36_000_000);
        assert_eq!(scene.take("u", 1).retry_after_seconds, 1);
        scene.pass(60_000);
        assert_eq!(scene.take("u", 1).remaining, 59);
    }
}
