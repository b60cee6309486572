//! What is removed with time, without anybody asking.

use super::forecasts::NODE_SEEN_MS;
use super::{ServiceError, Services};
use crate::store::{jobs, nodes};
use std::time::Duration;

/// A write into the artifact store that nothing was added to for a day is nobody's any more.
const BROKEN_OFF_MS: i64 = 86_400_000;
/// Nodes that have not been seen for so many times as long as one that is gone are forgotten.
const FORGET_NODES_MS: i64 = 360 * NODE_SEEN_MS;

impl Services {
    /// Sweeps again and again.
    pub async fn sweep_forever(self, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            if let Err(error) = self.sweep().await {
                tracing::warn!(%error, "a sweep failed; the next one goes on");
            }
        }
    }

    /// Removes what has had its time: rounds of users who wait for nothing, nodes that are gone, writes of artifacts that were
    /// broken off, exports that no address leads to.
    pub async fn sweep(&self) -> Result<(), ServiceError> {
        let mut tx = self.inner.db.begin().await?;
        jobs::forget_rounds(&mut tx).await?;
        nodes::forget(&mut tx, self.now_ms() - FORGET_NODES_MS).await?;
        tx.commit().await?;
        let removed = self.inner.artifacts.remove_broken_off(self.now_ms() - BROKEN_OFF_MS).await?;
        if removed > 0 {
            tracing::info!(removed, "writes that were broken off are removed");
        }
        let removed = self.sweep_exports().await?;
        if removed > 0 {
            tracing::info!(removed, "exports that nobody asks for are removed");
        }
        Ok(())
    }
}
