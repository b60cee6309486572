//! Artifacts and exports that no version has. A build stores its artifact before it has a row: that of a project with a
//! build that has not ended is left alone, however old it is.

use super::{BATCH, Run, SweptKind};
use crate::artifacts::{ArtifactError, StoredObject};
use crate::domain::ids::is_id;
use crate::service::ServiceError;
use crate::store::projects;
use crate::store::sweeps::{self, NamedArtifact};
use futures_util::StreamExt;
use std::collections::HashSet;

pub(super) async fn run(run: &mut Run<'_>) -> Result<(), ServiceError> {
    let mut artifacts = run.sweeper.artifacts.list("artifacts").chunks(BATCH);
    while let Some(page) = artifacts.next().await {
        sweep_artifacts(run, ours(page, |key| project_of(key).is_some())?).await?;
    }
    let mut exports = run.sweeper.artifacts.list("exports").chunks(BATCH);
    while let Some(page) = exports.next().await {
        sweep_exports(run, ours(page, |key| exported(key).is_some())?).await?;
    }
    Ok(())
}

/// What this server stored: other files in its folders are somebody's, and left alone.
pub(super) fn ours(page: Vec<Result<StoredObject, ArtifactError>>, is_ours: impl Fn(&str) -> bool) -> Result<Vec<StoredObject>, ArtifactError> {
    let page = page.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(page.into_iter().filter(|object| is_ours(&object.key)).collect())
}

/// The project of `artifacts/{project}/{version}.zip`.
fn project_of(key: &str) -> Option<&str> {
    let (project, version) = key.strip_prefix("artifacts/")?.strip_suffix(".zip")?.split_once('/')?;
    (is_id(project) && is_id(version)).then_some(project)
}

/// The version of `exports/{version}.tar.gz`.
fn exported(key: &str) -> Option<&str> {
    key.strip_prefix("exports/")?.strip_suffix(".tar.gz").filter(|version| is_id(version))
}

async fn sweep_artifacts(run: &mut Run<'_>, page: Vec<StoredObject>) -> Result<(), ServiceError> {
    let db = &run.sweeper.db;
    let projects: Vec<&str> = page.iter().filter_map(|object| project_of(&object.key)).collect();
    // in this order: a build that has ended by the first look has its row by the second, and one that begins later stores
    // another object
    let busy: HashSet<String> = sweeps::busy_projects(db, &projects).await?.into_iter().collect();
    let keys: Vec<&str> = page.iter().map(|object| object.key.as_str()).collect();
    let named: HashSet<String> = sweeps::named_artifacts(db, &keys).await?.into_iter().collect();
    let unnamed: Vec<&str> = keys.into_iter().filter(|key| !named.contains(*key)).collect();
    let missed = sweeps::missed_artifacts(db, &unnamed).await?;
    let is_missed = |key: &str| missed.iter().any(|artifact| artifact.artifact_key == key);
    let before_ms = run.orphans_before_ms();
    let orphans = page.iter().filter(|object| {
        let is_busy = project_of(&object.key).is_some_and(|project| busy.contains(project));
        !named.contains(&object.key) && !is_missed(&object.key) && !is_busy && object.modified_ms < before_ms
    });
    for object in orphans {
        run.remove(SweptKind::OrphanObject, &object.key, object.bytes).await;
    }
    for artifact in &missed {
        give_back(run, artifact).await?;
    }
    Ok(())
}

/// A store that was away for a while, or restored, has what seemed lost: its versions have it again.
async fn give_back(run: &mut Run<'_>, artifact: &NamedArtifact) -> Result<(), ServiceError> {
    let mut tx = run.sweeper.db.begin().await?;
    projects::lock_all(&mut tx, &[&artifact.project_id]).await?;
    let versions = sweeps::mark_found(&mut tx, &artifact.artifact_key).await?;
    if run.dry {
        tx.rollback().await?;
    } else {
        tx.commit().await?;
    }
    for version in versions {
        run.told_of_version(SweptKind::FoundArtifact, &artifact.artifact_key, &version);
    }
    Ok(())
}

async fn sweep_exports(run: &mut Run<'_>, page: Vec<StoredObject>) -> Result<(), ServiceError> {
    let versions: Vec<&str> = page.iter().filter_map(|object| exported(&object.key)).collect();
    let kept: HashSet<String> = sweeps::with_artifact(&run.sweeper.db, &versions).await?.into_iter().collect();
    let before_ms = run.orphans_before_ms();
    for object in &page {
        let is_kept = exported(&object.key).is_some_and(|version| kept.contains(version));
        if !is_kept && object.modified_ms < before_ms {
            run.remove(SweptKind::OrphanObject, &object.key, object.bytes).await;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_of_this_servers_making_are_looked_at() {
        assert_eq!((project_of("artifacts/p-1/v_2.zip"), exported("exports/v.tar.gz")), (Some("p-1"), Some("v")));
        for odd in ["artifacts/p/v.txt", "artifacts/v.zip", "artifacts/p/q/v.zip", "artifacts/p/a b.zip", "other/p/v.zip", "artifacts//v.zip"] {
            assert_eq!(project_of(odd), None, "{odd}");
        }
        for odd in ["exports/v.zip", "exports/a/v.tar.gz", "exports/.tar.gz"] {
            assert_eq!(exported(odd), None, "{odd}");
        }
    }
}
