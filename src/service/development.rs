//! Code generation as a build's rows and log know it: what was asked for, whether it is done, and what came of it.

use super::Services;
use super::work::{Claim, NotRecorded, RETRY_MAX};
use crate::domain::event::BuildDevelopmentComplete;
use crate::store::builds;
use crate::store::events::Generation;
use std::time::Duration;

/// What code generation has to know of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Development {
    /// What the start asked for.
    pub prompt: Option<String>,
    /// Whether a worker had the build before.
    pub is_retry: bool,
    /// Whether it was done: then the build's source is what came of it.
    pub is_done: bool,
}

impl Services {
    /// Looks up what is to be developed. While the database is away it waits: the build's own time-out ends that.
    pub async fn development(&self, claim: &Claim) -> Result<Development, NotRecorded> {
        let mut wait = Duration::from_millis(50);
        loop {
            match builds::development(&self.inner.db, &claim.build_id).await {
                Ok(Some(row)) => {
                    claim.meter.resume(row.ai_seconds);
                    return Ok(Development { prompt: row.prompt, is_retry: row.starts > 1, is_done: row.done > 0 });
                }
                Ok(None) => return Err(NotRecorded::Lost),
                Err(error) => {
                    tracing::warn!(build_id = claim.build_id, %error, "a build waits for the database");
                    wait = (wait * 2).min(RETRY_MAX);
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }

    /// Records that the development is done: from here on the build is built from this source, by every attempt.
    pub async fn record_developed(&self, claim: &Claim, complete: BuildDevelopmentComplete, source_key: String) -> Result<(), NotRecorded> {
        let mut item = claim.append(vec![self.draft(complete)], None);
        item.generation = Generation { source_key: Some(source_key), ..item.generation };
        self.write(item, false, false).await
    }
}
