//! Versions: a row for each build that ended well.

use super::database::sql;
use super::{Database, StoreError, Transaction};
use crate::domain::version::Semver;
use sqlx::FromRow;

/// A version's artifact, as far as a preview needs it.
#[derive(Debug, Clone, FromRow)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct VersionArtifact {
    pub id: String,
    pub artifact_key: String,
    pub artifact_sha256: String,
}

/// What a new version is made of.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct NewVersion {
    pub id: String,
    pub project_id: String,
    pub build_id: String,
    pub framework: String,
    pub artifact_key: String,
    pub artifact_bytes: i64,
    pub artifact_sha256: String,
    pub output_files: i32,
    pub recommendations: String,
}

/// The version's artifact, if there is such a version.
pub async fn artifact(db: &Database, id: &str) -> Result<Option<VersionArtifact>, StoreError> {
    Ok(sql!(db, fetch_optional as VersionArtifact, "SELECT id, artifact_key, artifact_sha256 FROM versions WHERE id = $1", id)?)
}

/// The artifact of the version that a project's preview shows.
pub async fn previewed(db: &Database, project_id: &str) -> Result<Option<VersionArtifact>, StoreError> {
    Ok(sql!(
        db,
        fetch_optional as VersionArtifact,
        "SELECT v.id, v.artifact_key, v.artifact_sha256 FROM projects p JOIN versions v ON v.id = p.preview_version_id WHERE p.id = $1",
        project_id
    )?)
}

/// The highest number of a project.
pub async fn latest(tx: &mut Transaction, project_id: &str) -> Result<Option<Semver>, StoreError> {
    let row = sql!(
        tx,
        fetch_optional as (i32, i32, i32),
        "SELECT major, minor, patch FROM versions WHERE project_id = $1 ORDER BY major DESC, minor DESC, patch DESC LIMIT 1",
        project_id
    )?;
    Ok(row.map(|(major, minor, patch)| Semver { major, minor, patch }))
}

/// A new version, deployed.
pub async fn insert(tx: &mut Transaction, version: &NewVersion, number: Semver, now_ms: i64) -> Result<(), StoreError> {
    sql!(
        tx,
        execute,
        "INSERT INTO versions (id, project_id, build_id, major, minor, patch, deploy_status, framework, artifact_key, artifact_bytes, artifact_sha256,
                               output_files, recommendations, created_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, 'deployed', $7, $8, $9, $10, $11, $12, $13)",
        &version.id,
        &version.project_id,
        &version.build_id,
        number.major,
        number.minor,
        number.patch,
        &version.framework,
        &version.artifact_key,
        version.artifact_bytes,
        &version.artifact_sha256,
        version.output_files,
        &version.recommendations,
        now_ms
    )?;
    Ok(())
}
