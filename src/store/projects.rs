//! Projects.

use super::database::{json_list, sql};
use super::versions::NewVersion;
use super::{Database, StoreError, Transaction};
use sqlx::FromRow;

/// A project's row.
#[derive(Debug, Clone, FromRow)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct ProjectRow {
    pub id: String,
    pub user_id: String,
    pub name: String,
    pub source_key: String,
    pub preview_version_id: Option<String>,
    pub id_source: String,
}

const COLUMNS: &str = "SELECT id, user_id, name, source_key, preview_version_id, id_source FROM projects WHERE id = $1";

/// The project, if there is one.
pub async fn find(db: &Database, id: &str) -> Result<Option<ProjectRow>, StoreError> {
    Ok(sql!(db, fetch_optional as ProjectRow, COLUMNS, id)?)
}

/// Those of these projects that are there, held until the transaction ends, so that two starts of one project take turns.
/// Taken in the order of their ids, as everybody does.
pub async fn lock_all(tx: &mut Transaction, ids: &[&str]) -> Result<Vec<ProjectRow>, StoreError> {
    const LOCK: &str = "SELECT id, user_id, name, source_key, preview_version_id, id_source FROM projects
         WHERE id IN (SELECT json_array_elements_text($1::json)) ORDER BY id COLLATE \"C\" FOR UPDATE";
    const READ: &str = "SELECT id, user_id, name, source_key, preview_version_id, id_source FROM projects
         WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id";
    Ok(sql!(tx, fetch_all as ProjectRow, (LOCK, READ), json_list(ids.iter().copied()))?)
}

/// A new project.
pub async fn insert(tx: &mut Transaction, row: &ProjectRow, created_by_service: &str, now_ms: i64) -> Result<(), StoreError> {
    sql!(
        tx,
        execute,
        "INSERT INTO projects (id, user_id, name, source_key, id_source, created_by_service, created_at_ms, updated_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
        &row.id,
        &row.user_id,
        &row.name,
        &row.source_key,
        &row.id_source,
        created_by_service,
        now_ms
    )?;
    Ok(())
}

/// Later builds without files build on this source.
pub async fn set_source(tx: &mut Transaction, id: &str, source_key: &str, now_ms: i64) -> Result<(), StoreError> {
    sql!(tx, execute, "UPDATE projects SET source_key = $2, updated_at_ms = $3 WHERE id = $1", id, source_key, now_ms)?;
    Ok(())
}

/// Moves the preview pointer, and makes what the version was built from the project's last source.
pub async fn set_deployed(tx: &mut Transaction, id: &str, version: &NewVersion, now_ms: i64) -> Result<(), StoreError> {
    sql!(
        tx,
        execute,
        "UPDATE projects SET preview_version_id = $2, source_key = (SELECT source_key FROM builds WHERE id = $3), updated_at_ms = $4 WHERE id = $1",
        id,
        &version.id,
        &version.build_id,
        now_ms
    )?;
    Ok(())
}
