//! Artifacts that have had their time. The row says so first, under the project's lock; the object goes after that is
//! committed: a sweep that is killed in between leaves an object that no row names.

use super::{BATCH, Run, SweptKind};
use crate::service::ServiceError;
use crate::store::projects;
use crate::store::sweeps::{self, ExpiredVersion};
use std::collections::BTreeMap;

pub(super) async fn run(run: &mut Run<'_>) -> Result<(), ServiceError> {
    let before_ms = run.sweeper.rules.retention.over_before_ms(run.now_ms);
    let mut place = (i64::MIN, String::new());
    loop {
        let page = sweeps::expired(&run.sweeper.db, before_ms, (place.0, &place.1), BATCH as i64).await?;
        let Some(last) = page.last() else { return Ok(()) };
        place = (last.created_at_ms, last.id.clone());
        let mut projects: BTreeMap<&str, Vec<&ExpiredVersion>> = BTreeMap::new();
        for version in &page {
            projects.entry(&version.project_id).or_default().push(version);
        }
        for (project_id, versions) in projects {
            expire(run, project_id, &versions, before_ms).await?;
        }
    }
}

/// The versions of one project that still may go under its lock: they were looked up without it.
async fn expire(run: &mut Run<'_>, project_id: &str, versions: &[&ExpiredVersion], before_ms: i64) -> Result<(), ServiceError> {
    let mut tx = run.sweeper.db.begin().await?;
    projects::lock_all(&mut tx, &[project_id]).await?;
    let mut marked = Vec::with_capacity(versions.len());
    for version in versions {
        if sweeps::mark_expired(&mut tx, &version.id, before_ms).await? {
            marked.push(*version);
        }
    }
    // nobody can come to name it again: a rollback to a version without an artifact is refused
    let mut free = BTreeMap::new();
    for version in &marked {
        if !free.contains_key(version.artifact_key.as_str()) && !sweeps::is_named(&mut tx, &version.artifact_key).await? {
            free.insert(version.artifact_key.as_str(), u64::try_from(version.artifact_bytes).unwrap_or(0));
        }
    }
    if run.dry {
        tx.rollback().await?;
    } else {
        tx.commit().await?;
    }
    for version in &marked {
        run.told_of_version(SweptKind::ExpiredVersion, &version.artifact_key, &version.id);
    }
    let exports = marked.iter().map(|version| (export_key(&version.id), None));
    let objects = free.into_iter().map(|(key, bytes)| (key.to_owned(), Some(bytes))).chain(exports);
    for (key, bytes) in objects {
        match run.sweeper.artifacts.find(&key).await {
            Ok(Some(object)) => run.remove(SweptKind::ExpiredObject, &key, bytes.unwrap_or(object.bytes)).await,
            Ok(None) => {}
            Err(error) => run.failed(&key, &error),
        }
    }
    Ok(())
}

/// Where the export of a version is kept, when somebody has asked for it.
fn export_key(version_id: &str) -> String {
    format!("exports/{version_id}.tar.gz")
}
