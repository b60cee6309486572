//! Versions whose artifact is not in the store: nobody removed it through here.

use super::{BATCH, Run, SweptKind};
use crate::service::ServiceError;
use crate::store::projects;
use crate::store::sweeps::{self, NamedArtifact};
use futures_util::StreamExt;
use futures_util::stream;

/// Versions younger than this are left alone, milliseconds.
const YOUNG_MS: i64 = 60_000;
/// Objects asked for at once.
const AT_ONCE: usize = 8;

pub(super) async fn run(run: &mut Run<'_>) -> Result<(), ServiceError> {
    let before_ms = run.now_ms.saturating_sub(YOUNG_MS);
    let mut after = String::new();
    loop {
        let page = sweeps::artifacts(&run.sweeper.db, &after, before_ms, BATCH as i64).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(&last.artifact_key);
        let store = &run.sweeper.artifacts;
        let looks = page.into_iter().map(async |artifact| (store.exists(&artifact.artifact_key).await, artifact));
        let looks: Vec<_> = stream::iter(looks).buffer_unordered(AT_ONCE).collect().await;
        for (there, artifact) in looks {
            if !there? {
                tell(run, &artifact, before_ms).await?;
            }
        }
    }
}

async fn tell(run: &mut Run<'_>, artifact: &NamedArtifact, before_ms: i64) -> Result<(), ServiceError> {
    let mut tx = run.sweeper.db.begin().await?;
    projects::lock_all(&mut tx, &[&artifact.project_id]).await?;
    // one that the sweep of another node removed meanwhile is expired by now, and stays so
    let versions = sweeps::mark_missing(&mut tx, &artifact.artifact_key, before_ms).await?;
    if run.dry {
        tx.rollback().await?;
    } else {
        tx.commit().await?;
    }
    for version in versions {
        run.told_of_version(SweptKind::MissingArtifact, &artifact.artifact_key, &version);
    }
    Ok(())
}
