//! What the sweeps ask: which versions have had their time, and which objects a row still names.

use super::database::{json_list, sql};
use super::{Database, StoreError, Transaction};
use sqlx::FromRow;

/// A version whose artifact has had its time.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[expect(missing_docs, reason = "the columns are described in the migrations")]
pub struct ExpiredVersion {
    pub id: String,
    pub project_id: String,
    pub artifact_key: String,
    pub artifact_bytes: i64,
    pub created_at_ms: i64,
}

/// An artifact that a row names.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[expect(missing_docs, reason = "the columns are described in the migrations")]
pub struct NamedArtifact {
    pub artifact_key: String,
    pub project_id: String,
}

/// A version is kept beyond its time while it is published or previewed, or while a rollback that has not ended leads to it,
/// from it, or made it. Reads `v`, the version.
macro_rules! not_kept {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " NOT EXISTS (SELECT 1 FROM projects p WHERE p.id = v.project_id AND (p.published_version_id = v.id OR p.preview_version_id = v.id))
              AND NOT EXISTS (SELECT 1 FROM rollbacks r JOIN builds b ON b.id = r.job_id
                  WHERE b.project_id = v.project_id AND b.current_state IN ('queued', 'building')
                    AND v.id IN (r.target_version_id, r.version_id, r.previous_version_id)) ",
            $after
        )
    };
}

/// Versions made before a time whose artifacts may go, oldest first, after a place.
pub async fn expired(db: &Database, before_ms: i64, after: (i64, &str), limit: i64) -> Result<Vec<ExpiredVersion>, StoreError> {
    const EXPIRED: &str = not_kept!(
        "SELECT v.id, v.project_id, v.artifact_key, v.artifact_bytes, v.created_at_ms FROM versions v
         WHERE v.artifact_gone IS NULL AND v.created_at_ms < $1 AND (v.created_at_ms, v.id) > ($2, $3) AND",
        "ORDER BY v.created_at_ms, v.id LIMIT $4"
    );
    Ok(sql!(db, fetch_all as ExpiredVersion, EXPIRED, before_ms, after.0, after.1, limit)?)
}

/// Says that a version's artifact has had its time, if that is still so; the caller holds the project.
pub async fn mark_expired(tx: &mut Transaction, version_id: &str, before_ms: i64) -> Result<bool, StoreError> {
    const MARK: &str = not_kept!(
        "UPDATE versions SET artifact_gone = 'expired' WHERE id IN (SELECT v.id FROM versions v
         WHERE v.id = $1 AND v.artifact_gone IS NULL AND v.created_at_ms < $2 AND",
        ")"
    );
    Ok(sql!(tx, execute, MARK, version_id, before_ms)? == 1)
}

/// Whether a version that has its artifact has this one: a rollback's version shares that of another.
pub async fn is_named(tx: &mut Transaction, artifact_key: &str) -> Result<bool, StoreError> {
    let row = sql!(tx, fetch_optional as (i32,), "SELECT 1 FROM versions WHERE artifact_key = $1 AND artifact_gone IS NULL LIMIT 1", artifact_key)?;
    Ok(row.is_some())
}

/// Those of these projects that have a build or a rollback that has not ended.
pub async fn busy_projects(db: &Database, ids: &[&str]) -> Result<Vec<String>, StoreError> {
    const BUSY: (&str, &str) = (
        "SELECT project_id FROM builds WHERE current_state IN ('queued', 'building') AND project_id IN (SELECT json_array_elements_text($1::json))",
        "SELECT project_id FROM builds WHERE current_state IN ('queued', 'building') AND project_id IN (SELECT value FROM json_each($1))",
    );
    Ok(words(sql!(db, fetch_all as (String,), BUSY, json_list(ids.iter().copied()))?))
}

/// Those of these artifacts that a version has.
pub async fn named_artifacts(db: &Database, keys: &[&str]) -> Result<Vec<String>, StoreError> {
    const NAMED: (&str, &str) = (
        "SELECT DISTINCT artifact_key FROM versions WHERE artifact_gone IS NULL AND artifact_key IN (SELECT json_array_elements_text($1::json))",
        "SELECT DISTINCT artifact_key FROM versions WHERE artifact_gone IS NULL AND artifact_key IN (SELECT value FROM json_each($1))",
    );
    Ok(words(sql!(db, fetch_all as (String,), NAMED, json_list(keys.iter().copied()))?))
}

/// Those of these artifacts that are said to be missing.
pub async fn missed_artifacts(db: &Database, keys: &[&str]) -> Result<Vec<NamedArtifact>, StoreError> {
    const MISSED: (&str, &str) = (
        "SELECT DISTINCT artifact_key, project_id FROM versions
         WHERE artifact_gone = 'missing' AND artifact_key IN (SELECT json_array_elements_text($1::json))",
        "SELECT DISTINCT artifact_key, project_id FROM versions WHERE artifact_gone = 'missing' AND artifact_key IN (SELECT value FROM json_each($1))",
    );
    Ok(sql!(db, fetch_all as NamedArtifact, MISSED, json_list(keys.iter().copied()))?)
}

/// Those of these versions that have their artifact.
pub async fn with_artifact(db: &Database, ids: &[&str]) -> Result<Vec<String>, StoreError> {
    const WITH: (&str, &str) = (
        "SELECT id FROM versions WHERE artifact_gone IS NULL AND id IN (SELECT json_array_elements_text($1::json))",
        "SELECT id FROM versions WHERE artifact_gone IS NULL AND id IN (SELECT value FROM json_each($1))",
    );
    Ok(words(sql!(db, fetch_all as (String,), WITH, json_list(ids.iter().copied()))?))
}

/// Artifacts that versions made before a time have, after a key, in order.
pub async fn artifacts(db: &Database, after: &str, before_ms: i64, limit: i64) -> Result<Vec<NamedArtifact>, StoreError> {
    const NEXT: &str = "SELECT artifact_key, MIN(project_id) AS project_id FROM versions
         WHERE artifact_gone IS NULL AND created_at_ms < $2 AND artifact_key > $1 GROUP BY artifact_key ORDER BY artifact_key LIMIT $3";
    Ok(sql!(db, fetch_all as NamedArtifact, NEXT, after, before_ms, limit)?)
}

/// Says that an artifact is missing, of each version made before a time that has it; those versions. The caller holds the
/// project.
pub async fn mark_missing(tx: &mut Transaction, artifact_key: &str, before_ms: i64) -> Result<Vec<String>, StoreError> {
    const MARK: &str = "UPDATE versions SET artifact_gone = 'missing' WHERE artifact_key = $1 AND artifact_gone IS NULL AND created_at_ms < $2 RETURNING id";
    Ok(words(sql!(tx, fetch_all as (String,), MARK, artifact_key, before_ms)?))
}

/// Says that an artifact which was missing is there again; the versions that have it. The caller holds the project.
pub async fn mark_found(tx: &mut Transaction, artifact_key: &str) -> Result<Vec<String>, StoreError> {
    const MARK: &str = "UPDATE versions SET artifact_gone = NULL WHERE artifact_key = $1 AND artifact_gone = 'missing' RETURNING id";
    Ok(words(sql!(tx, fetch_all as (String,), MARK, artifact_key)?))
}

/// Those of these sources that somebody needs: a project, a build that has not ended, or one that made a version.
pub async fn named_sources(db: &Database, keys: &[&str]) -> Result<Vec<String>, StoreError> {
    Ok(words(sql!(db, fetch_all as (String,), NAMED_SOURCES, json_list(keys.iter().copied()))?))
}

/// The same within a transaction.
pub async fn named_sources_within(tx: &mut Transaction, keys: &[&str]) -> Result<Vec<String>, StoreError> {
    Ok(words(sql!(tx, fetch_all as (String,), NAMED_SOURCES, json_list(keys.iter().copied()))?))
}

const NAMED_SOURCES: (&str, &str) = (
    "SELECT source_key FROM projects WHERE source_key IN (SELECT json_array_elements_text($1::json))
     UNION SELECT b.source_key FROM builds b WHERE b.source_key IN (SELECT json_array_elements_text($1::json))
         AND (b.current_state IN ('queued', 'building') OR EXISTS (SELECT 1 FROM versions v WHERE v.build_id = b.id))",
    "SELECT source_key FROM projects WHERE source_key IN (SELECT value FROM json_each($1))
     UNION SELECT b.source_key FROM builds b WHERE b.source_key IN (SELECT value FROM json_each($1))
         AND (b.current_state IN ('queued', 'building') OR EXISTS (SELECT 1 FROM versions v WHERE v.build_id = b.id))",
);

fn words(rows: Vec<(String,)>) -> Vec<String> {
    rows.into_iter().map(|(word,)| word).collect()
}
