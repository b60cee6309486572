//! Projects.

use super::database::{json_list, sql};
use super::versions::NewVersion;
use super::{Database, StoreError, Transaction};
use sqlx::FromRow;
use std::collections::HashSet;

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

/// A project as callers see it, with what is under way.
#[derive(Debug, Clone, FromRow)]
#[expect(missing_docs, reason = "the columns are described in the migrations")]
pub struct ProjectDetails {
    pub id: String,
    pub user_id: String,
    pub name: String,
    pub description: Option<String>,
    pub metadata: Option<String>,
    pub revision: i64,
    pub preview_version_id: Option<String>,
    pub published_version_id: Option<String>,
    pub id_source: String,
    pub created_by_service: String,
    pub created_at_ms: i64,
    pub updated_at_ms: i64,
    /// Its build or rollback that has not ended, with `build` or `rollback` and its state.
    pub active_id: Option<String>,
    pub active_kind: Option<String>,
    pub active_state: Option<String>,
    /// Its newest build.
    pub last_build_id: Option<String>,
}

/// What people write about a project.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns are described in the migrations")]
pub struct ProjectWords {
    pub name: String,
    pub description: Option<String>,
    pub metadata: Option<String>,
}

macro_rules! details {
    ($rest:literal) => {
        concat!(
            "SELECT p.id, p.user_id, p.name, p.description, p.metadata, p.revision, p.preview_version_id, p.published_version_id, p.id_source,
                p.created_by_service, p.created_at_ms, p.updated_at_ms, b.id AS active_id, b.kind AS active_kind, b.current_state AS active_state,
                (SELECT l.id FROM builds l WHERE l.project_id = p.id AND l.kind = 'build' ORDER BY l.created_at_ms DESC, l.id DESC LIMIT 1)
                    AS last_build_id
             FROM projects p LEFT JOIN builds b ON b.project_id = p.id AND b.current_state IN ('queued', 'building') ",
            $rest
        )
    };
}

const DETAILS: &str = details!("WHERE p.id = $1");
const COLUMNS: &str = "SELECT id, user_id, name, source_key, preview_version_id, id_source FROM projects WHERE id = $1";

/// Those of the ids that are projects of this user.
pub async fn owned(db: &Database, ids: &[String], user_id: &str) -> Result<HashSet<String>, StoreError> {
    let texts = (
        "SELECT id FROM projects WHERE user_id = $2 AND id IN (SELECT json_array_elements_text($1::json))",
        "SELECT id FROM projects WHERE user_id = $2 AND id IN (SELECT value FROM json_each($1))",
    );
    let rows = sql!(db, fetch_all as (String,), texts, json_list(ids.iter().map(String::as_str)), user_id)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

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

/// The project as callers see it, if there is one.
pub async fn details(db: &Database, id: &str) -> Result<Option<ProjectDetails>, StoreError> {
    Ok(sql!(db, fetch_optional as ProjectDetails, DETAILS, id)?)
}

/// The same within a transaction.
pub async fn details_within(tx: &mut Transaction, id: &str) -> Result<Option<ProjectDetails>, StoreError> {
    Ok(sql!(tx, fetch_optional as ProjectDetails, DETAILS, id)?)
}

/// Those of these projects that are there, in no order.
pub async fn details_of(db: &Database, ids: &[&str]) -> Result<Vec<ProjectDetails>, StoreError> {
    const ALL: (&str, &str) =
        (details!("WHERE p.id IN (SELECT json_array_elements_text($1::json))"), details!("WHERE p.id IN (SELECT value FROM json_each($1))"));
    Ok(sql!(db, fetch_all as ProjectDetails, ALL, json_list(ids.iter().copied()))?)
}

/// Writes what people say of a project, as its next revision; the caller holds the project.
pub async fn set_words(tx: &mut Transaction, id: &str, words: &ProjectWords, now_ms: i64) -> Result<(), StoreError> {
    sql!(
        tx,
        execute,
        "UPDATE projects SET name = $2, description = $3, metadata = $4, revision = revision + 1, updated_at_ms = $5 WHERE id = $1",
        id,
        &words.name,
        words.description.as_deref(),
        words.metadata.as_deref(),
        now_ms
    )?;
    Ok(())
}
