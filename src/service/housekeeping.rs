//! What is removed with time, without anybody asking.

use super::forecasts::NODE_SEEN_MS;
use super::sweeps::{Extent, Swept, SweptKind};
use super::{ServiceError, Services};
use crate::store::{jobs, nodes};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// A write into the artifact store that nothing was added to for a day is nobody's any more.
const BROKEN_OFF_MS: i64 = 86_400_000;
/// Nodes that have not been seen for so many times as long as one that is gone are forgotten.
const FORGET_NODES_MS: i64 = 360 * NODE_SEEN_MS;
/// Every object is looked at so many times while an orphan is kept: once an hour with a day.
const LOOKS: i64 = 24;

impl Services {
    /// Sweeps again and again; objects that no row names are kept for so many milliseconds.
    pub async fn sweep_forever(self, every: Duration, orphans_after_ms: i64) {
        loop {
            tokio::time::sleep(every).await;
            if let Err(error) = self.sweep(orphans_after_ms).await {
                tracing::warn!(%error, "a sweep failed; the next one goes on");
            }
        }
    }

    /// Removes what has had its time: rounds of users who wait for nothing, nodes that are gone, answers kept for their keys, writes of
    /// artifacts that were broken off, artifacts of versions, exports that no address leads to, reservations that nobody ended, replays, and
    /// objects that no row names.
    pub async fn sweep(&self, orphans_after_ms: i64) -> Result<(), ServiceError> {
        let mut tx = self.inner.db.begin().await?;
        jobs::forget_rounds(&mut tx).await?;
        nodes::forget(&mut tx, self.now_ms() - FORGET_NODES_MS).await?;
        tx.commit().await?;
        let removed = self.sweep_keys().await?;
        if removed > 0 {
            tracing::info!(removed, "answers to requests with keys have had their time");
        }
        let removed = self.inner.artifacts.remove_broken_off(self.now_ms() - BROKEN_OFF_MS).await?;
        if removed > 0 {
            tracing::info!(removed, "writes that were broken off are removed");
        }
        let removed = self.sweep_exports().await?;
        if removed > 0 {
            tracing::info!(removed, "exports that nobody asks for are removed");
        }
        let swept = self.sweep_reservations().await?;
        if swept > 0 {
            tracing::info!(accounts = swept, "reservations that nobody ended have expired");
        }
        let removed = self.sweep_replays().await?;
        if removed > 0 {
            tracing::info!(removed, "replays have had their time");
        }
        self.sweep_artifacts(orphans_after_ms).await
    }

    async fn sweep_artifacts(&self, orphans_after_ms: i64) -> Result<(), ServiceError> {
        let (now_ms, looked) = (self.now_ms(), &self.inner.objects_looked_at_ms);
        let due = now_ms.saturating_sub(looked.load(Ordering::Relaxed)) >= orphans_after_ms / LOOKS;
        let extent = if due { Extent::All } else { Extent::Versions };
        self.sweeper(orphans_after_ms).sweep(extent, now_ms, false, &log).await?;
        if due {
            looked.store(now_ms, Ordering::Relaxed);
        }
        Ok(())
    }
}

fn log(swept: &Swept) {
    let Swept { kind, key, version_id, bytes } = swept;
    if *kind == SweptKind::MissingArtifact {
        tracing::warn!(key, version_id, "a version's artifact is not in the store");
    } else {
        tracing::info!(?kind, key, version_id, bytes, "swept");
    }
}
