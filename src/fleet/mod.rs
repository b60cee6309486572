//! What nodes share beside the log: how often somebody may ask, and which nonces were seen.
//!
//! May name: domain, metrics. Redis answers for all nodes; without it, or while it is away, this node's own memory does, and
//! a metric says so. Deliberately absent: what a request costs, and whom it names.

mod link;
mod nonces;
mod own;
mod rate;
mod redis;
mod table;

pub use rate::{Payer, Verdict, WINDOW_SECONDS};

use self::redis::{Now, Redis};
use crate::metrics::Metrics;
use ::redis::{ConnectionInfo, IntoConnectionInfo};
use nonces::{Nonces, digest, nonce_key};
use own::Own;
use std::sync::Arc;

/// How long Redis remembers a nonce, milliseconds: a timestamp may be a window ahead and stays good until a window behind.
const NONCE_MS: i64 = 2 * crate::domain::signature::CLOCK_WINDOW_MS;

/// An address that is none of Redis.
#[derive(Debug, thiserror::Error)]
#[error("not a Redis address")]
pub struct NoAddress;

/// What the fleet is told at start.
#[derive(Debug, Clone)]
pub struct FleetSettings {
    rate_per_minute: u32,
    servers: Vec<ConnectionInfo>,
}

impl FleetSettings {
    /// A node without others, with the highest limit that there is.
    pub const fn alone() -> Self {
        Self { rate_per_minute: 1_000_000, servers: vec![] }
    }

    /// Requests a minute of an address or a user, and where Redis is: several addresses with commas, none for this node alone.
    pub fn new(rate_per_minute: u32, redis: Option<&str>) -> Result<Self, NoAddress> {
        let addresses = redis.into_iter().flat_map(|urls| urls.split(',')).map(|url| url.trim().into_connection_info());
        let servers = addresses.collect::<Result<_, _>>().map_err(|_| NoAddress)?;
        Ok(Self { rate_per_minute: rate_per_minute.max(1), servers })
    }
}

/// The two questions, and who answers them.
#[derive(Debug)]
pub struct Fleet {
    rate: u32,
    own: Own,
    nonces: Arc<Nonces>,
    redis: Option<Redis>,
    metrics: Metrics,
}

impl Fleet {
    /// A node's part in the fleet; `now_ms` is the time, epoch milliseconds. With Redis it connects in the background, until it
    /// is dropped.
    pub fn new(settings: FleetSettings, now_ms: Now, metrics: Metrics) -> Self {
        let (rate, nonces) = (settings.rate_per_minute, Arc::new(Nonces::default()));
        let redis = (!settings.servers.is_empty()).then(|| Redis::connect(settings.servers, nonces.clone(), now_ms.clone()));
        Self { rate, own: Own::new(rate, now_ms), nonces, redis, metrics }
    }

    /// Remembers a nonce whose signature was right; false when it was seen within the window, or when there is no room to
    /// remember it.
    pub async fn remember(&self, nonce: &str, now_ms: i64) -> bool {
        let digest = digest(nonce);
        if !self.nonces.remember(digest, now_ms) {
            return false;
        }
        let Some(redis) = &self.redis else { return true };
        redis.set_new(&nonce_key(digest), NONCE_MS).await.unwrap_or_else(|| {
            self.metrics.edge().alone("nonce");
            true
        })
    }

    /// Takes what a request costs, or refuses it and takes nothing. A cost above the limit itself counts as the limit.
    pub async fn take(&self, payer: &Payer<'_>, cost: u32) -> Verdict {
        let cost = cost.clamp(1, self.rate);
        if let Some(redis) = &self.redis {
            if let Some(spent) = redis.take(&payer.shared_key(), self.rate, cost.into()).await {
                self.own.learn(payer, spent.until_full);
                return spent.verdict(self.rate);
            }
            self.metrics.edge().alone("rate");
        }
        self.own.take(payer, cost).verdict(self.rate)
    }

    /// Gives back what a request has cost that was not let through after all.
    pub async fn give_back(&self, payer: &Payer<'_>, cost: u32) -> Verdict {
        let cost = cost.clamp(1, self.rate);
        if let Some(redis) = &self.redis {
            if let Some(spent) = redis.take(&payer.shared_key(), self.rate, -i64::from(cost)).await {
                self.own.learn(payer, spent.until_full);
                return spent.verdict(self.rate);
            }
            self.metrics.edge().alone("rate");
        }
        self.own.give_back(payer, cost).verdict(self.rate)
    }

    /// How it stands with somebody, as far as this node knows; takes nothing.
    pub fn look(&self, payer: &Payer<'_>) -> Verdict {
        self.own.look(payer).verdict(self.rate)
    }
}
