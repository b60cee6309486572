//! Builds.

use super::database::{json_list, sql};
use super::{Database, StoreError, Transaction};
use crate::domain::build::BuildState;
use crate::domain::page::PageCursor;
use sqlx::FromRow;
use std::collections::HashSet;

/// A build's row.
#[derive(Debug, Clone, FromRow)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct BuildRow {
    pub id: String,
    pub project_id: String,
    pub user_id: String,
    /// `build` or `rollback`.
    pub kind: String,
    pub previous_state: Option<String>,
    pub current_state: String,
    pub phase: String,
    pub progress: f64,
    pub source_key: String,
    pub version_id: Option<String>,
    pub error: Option<String>,
    pub metadata: Option<String>,
    pub id_source: String,
    pub created_by_service: String,
    pub created_at_ms: i64,
    pub started_at_ms: Option<i64>,
    pub finished_at_ms: Option<i64>,
    pub estimated_start_ms: Option<i64>,
    pub estimated_seconds: Option<f64>,
    /// Whether its worker was asked to cancel it.
    pub cancel_requested: bool,
    /// When its job may come into the queue, while it may not yet.
    pub delayed_until_ms: Option<i64>,
}

/// What a new build is made of.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct NewBuild<'a> {
    pub id: &'a str,
    pub project_id: &'a str,
    pub user_id: &'a str,
    pub source_key: &'a str,
    pub framework: Option<&'a str>,
    pub metadata: Option<&'a str>,
    pub id_source: &'a str,
    pub created_by_service: &'a str,
    pub prompt: Option<&'a str>,
    pub request_id: Option<&'a str>,
    pub operation: Option<&'a str>,
    pub files: Option<i64>,
}

/// What code generation has to know of a build.
#[derive(Debug, Clone, FromRow)]
pub struct DevelopmentRow {
    /// What the start asked for.
    pub prompt: Option<String>,
    /// Seconds that a provider was used for.
    pub ai_seconds: f64,
    /// Times a worker took the build.
    pub starts: i64,
    /// Times the development was done.
    pub done: i64,
}

impl BuildRow {
    /// Whether it is a rollback's job.
    pub fn is_rollback(&self) -> bool {
        self.kind == "rollback"
    }

    /// The state that the row's word stands for.
    pub fn state(&self) -> Result<BuildState, StoreError> {
        state_of(&self.current_state)
    }
}

/// The state that a row's word stands for.
pub fn state_of(word: &str) -> Result<BuildState, StoreError> {
    BuildState::from_word(word).ok_or_else(|| StoreError::Corrupt { table: "builds", what: format!("state {word}") })
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, project_id, user_id, kind, previous_state, current_state, phase, progress, source_key, version_id, error, metadata,
                id_source, created_by_service, created_at_ms, started_at_ms, finished_at_ms, estimated_start_ms, estimated_seconds,
                EXISTS (SELECT 1 FROM jobs WHERE build_id = builds.id AND cancel_requested_at_ms IS NOT NULL) AS cancel_requested,
                (SELECT run_at_ms FROM jobs WHERE build_id = builds.id AND state = 'delayed') AS delayed_until_ms
             FROM builds ",
            $rest
        )
    };
}

const FIND: &str = select!("WHERE id = $1");

/// Which builds a list has; none means any.
#[derive(Debug, Clone, Copy, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct BuildFilter<'a> {
    pub user_id: Option<&'a str>,
    pub project_id: Option<&'a str>,
    pub state: Option<BuildState>,
}

/// The build, if there is one.
pub async fn find(db: &Database, id: &str) -> Result<Option<BuildRow>, StoreError> {
    Ok(sql!(db, fetch_optional as BuildRow, FIND, id)?)
}

/// The build as it is within a transaction.
pub async fn find_within(tx: &mut Transaction, id: &str) -> Result<Option<BuildRow>, StoreError> {
    Ok(sql!(tx, fetch_optional as BuildRow, FIND, id)?)
}

/// The project's build or rollback that has not ended.
pub async fn active_of_project(tx: &mut Transaction, project_id: &str) -> Result<Option<String>, StoreError> {
    let row = sql!(tx, fetch_optional as (String,), "SELECT id FROM builds WHERE project_id = $1 AND current_state IN ('queued', 'building')", project_id)?;
    Ok(row.map(|(id,)| id))
}

/// Those of the ids that are builds or rollbacks of this user.
pub async fn owned(db: &Database, ids: &[String], user_id: &str) -> Result<HashSet<String>, StoreError> {
    let texts = (
        "SELECT id FROM builds WHERE user_id = $2 AND id IN (SELECT json_array_elements_text($1::json))",
        "SELECT id FROM builds WHERE user_id = $2 AND id IN (SELECT value FROM json_each($1))",
    );
    let rows = sql!(db, fetch_all as (String,), texts, json_list(ids.iter().map(String::as_str)), user_id)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Builds after a place, newest first.
pub async fn page(db: &Database, filter: BuildFilter<'_>, after: Option<&PageCursor>, limit: i64) -> Result<Vec<BuildRow>, StoreError> {
    // one text for each index, since a filter that may be empty keeps a planner from taking any
    const OF_PROJECT: &str = select!(
        "WHERE kind = 'build' AND project_id = $4 AND ($5 = '' OR user_id = $5) AND ($3 = '' OR current_state = $3)
            AND (created_at_ms, id) < ($1, $2) ORDER BY created_at_ms DESC, id DESC LIMIT $6"
    );
    const OF_USER: &str = select!(
        "WHERE kind = 'build' AND $4 = '' AND user_id = $5 AND ($3 = '' OR current_state = $3)
            AND (created_at_ms, id) < ($1, $2) ORDER BY created_at_ms DESC, id DESC LIMIT $6"
    );
    const OF_ALL: &str = select!(
        "WHERE kind = 'build' AND $4 = '' AND $5 = '' AND ($3 = '' OR current_state = $3)
            AND (created_at_ms, id) < ($1, $2) ORDER BY created_at_ms DESC, id DESC LIMIT $6"
    );
    let text = match filter {
        BuildFilter { project_id: Some(_), .. } => OF_PROJECT,
        BuildFilter { user_id: Some(_), .. } => OF_USER,
        _ => OF_ALL,
    };
    let rows = sql!(
        db,
        fetch_all as BuildRow,
        text,
        after.map_or(i64::MAX, |cursor| cursor.created_at_ms),
        after.map_or("", |cursor| cursor.id.as_str()),
        filter.state.map_or("", BuildState::word),
        filter.project_id.unwrap_or_default(),
        filter.user_id.unwrap_or_default(),
        limit
    )?;
    Ok(rows)
}

/// A new build, queued.
pub async fn insert(tx: &mut Transaction, build: &NewBuild<'_>, now_ms: i64) -> Result<(), StoreError> {
    sql!(
        tx,
        execute,
        "INSERT INTO builds (id, project_id, user_id, current_state, source_key, framework, metadata, id_source, created_by_service, created_at_ms, prompt,
            request_id, operation, files)
         VALUES ($1, $2, $3, 'queued', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        build.id,
        build.project_id,
        build.user_id,
        build.source_key,
        build.framework,
        build.metadata,
        build.id_source,
        build.created_by_service,
        now_ms,
        build.prompt,
        build.request_id,
        build.operation,
        build.files
    )?;
    Ok(())
}

/// What the build's rows and its log say of its development.
pub async fn development(db: &Database, id: &str) -> Result<Option<DevelopmentRow>, StoreError> {
    Ok(sql!(
        db,
        fetch_optional as DevelopmentRow,
        "SELECT prompt, ai_seconds,
                (SELECT COUNT(*) FROM project_build_events WHERE build_id = $1 AND code = 'BUILD_STARTED') AS starts,
                (SELECT COUNT(*) FROM project_build_events WHERE build_id = $1 AND code = 'BUILD_DEVELOPMENT_COMPLETE') AS done
         FROM builds WHERE id = $1",
        id
    )?)
}

/// Its end resolves this reservation.
pub async fn set_reservation(tx: &mut Transaction, id: &str, reservation_id: &str) -> Result<(), StoreError> {
    sql!(tx, execute, "UPDATE builds SET reservation_id = $2 WHERE id = $1", id, reservation_id)?;
    Ok(())
}

/// From here on the build is built from this source; its caller holds its rows.
pub(super) async fn set_source(tx: &mut Transaction, id: &str, source_key: &str) -> Result<(), StoreError> {
    sql!(tx, execute, "UPDATE builds SET source_key = $2 WHERE id = $1", id, source_key)?;
    sql!(tx, execute, "UPDATE jobs SET source_key = $2 WHERE build_id = $1", id, source_key)?;
    Ok(())
}
