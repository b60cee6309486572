//! The event log as it is read: positions of streams, and what follows them.

use super::database::{json_list, sql};
use super::log_rows::EventRow;
use super::{Database, StoreError};
use crate::domain::event::StoredEvent;
use std::collections::HashMap;

/// What a log has around a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The id of the event at the position, and whether it is its build's last.
    pub event: Option<(String, bool)>,
    /// The position of the last event.
    pub last: i64,
}

/// Looks a position of a build's stream up.
pub async fn locate_in_build(db: &Database, build_id: &str, seq: i64) -> Result<Located, StoreError> {
    let event =
        sql!(db, fetch_optional as (String, bool), "SELECT event_id, finished FROM project_build_events WHERE build_id = $1 AND seq = $2", build_id, seq)?;
    let last = sql!(db, fetch_optional as (i64,), "SELECT last_seq FROM builds WHERE id = $1", build_id)?;
    Ok(Located { event, last: last.map_or(0, |(last,)| last) })
}

/// Looks a position of a project's stream up.
pub async fn locate_in_project(db: &Database, project_id: &str, project_seq: i64) -> Result<Located, StoreError> {
    let event = sql!(
        db,
        fetch_optional as (String, bool),
        "SELECT event_id, finished FROM project_build_events WHERE project_id = $1 AND project_seq = $2",
        project_id,
        project_seq
    )?;
    let last = sql!(db, fetch_optional as (i64,), "SELECT last_seq FROM projects WHERE id = $1", project_id)?;
    Ok(Located { event, last: last.map_or(0, |(last,)| last) })
}

/// The last positions of builds' streams, by id.
pub async fn heads_of_builds(db: &Database, ids: impl Iterator<Item = &str>) -> Result<HashMap<String, i64>, StoreError> {
    let texts = (
        "SELECT id, last_seq FROM builds WHERE id IN (SELECT json_array_elements_text($1::json))",
        "SELECT id, last_seq FROM builds WHERE id IN (SELECT value FROM json_each($1))",
    );
    Ok(sql!(db, fetch_all as (String, i64), texts, json_list(ids))?.into_iter().collect())
}

/// The last positions of projects' streams, by id.
pub async fn heads_of_projects(db: &Database, ids: impl Iterator<Item = &str>) -> Result<HashMap<String, i64>, StoreError> {
    let texts = (
        "SELECT id, last_seq FROM projects WHERE id IN (SELECT json_array_elements_text($1::json))",
        "SELECT id, last_seq FROM projects WHERE id IN (SELECT value FROM json_each($1))",
    );
    Ok(sql!(db, fetch_all as (String, i64), texts, json_list(ids))?.into_iter().collect())
}

/// A build's events after a place, in order, at most `limit`.
pub async fn of_build(db: &Database, build_id: &str, after: i64, limit: i64) -> Result<Vec<StoredEvent>, StoreError> {
    let rows = sql!(
        db,
        fetch_all as EventRow,
        "SELECT build_id, seq, project_id, project_seq, event_id, code, finished, body, created_at_ms FROM project_build_events
         WHERE build_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        build_id,
        after,
        limit
    )?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// A project's events after a place, in order, at most `limit`.
pub async fn of_project(db: &Database, project_id: &str, after: i64, limit: i64) -> Result<Vec<StoredEvent>, StoreError> {
    let rows = sql!(
        db,
        fetch_all as EventRow,
        "SELECT build_id, seq, project_id, project_seq, event_id, code, finished, body, created_at_ms FROM project_build_events
         WHERE project_id = $1 AND project_seq > $2 ORDER BY project_seq LIMIT $3",
        project_id,
        after,
        limit
    )?;
    Ok(rows.into_iter().map(Into::into).collect())
}
