//! Replays: which build, how fast, and how far those are that go by steps.

use super::database::sql;
use super::{Database, StoreError, Transaction};
use sqlx::FromRow;

/// A replay's row.
#[derive(Debug, Clone, PartialEq, FromRow)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct ReplayRow {
    pub id: String,
    pub build_id: String,
    pub project_id: String,
    pub from_seq: i64,
    pub speed: f64,
    pub by_steps: bool,
    pub shown_seq: i64,
    pub started_at_ms: Option<i64>,
    pub expires_at_ms: i64,
}

const FIND: &str = "SELECT id, build_id, project_id, from_seq, speed, by_steps, shown_seq, started_at_ms, expires_at_ms FROM replays WHERE id = $1";

/// A new replay.
pub async fn insert(tx: &mut Transaction, row: &ReplayRow, now_ms: i64) -> Result<(), StoreError> {
    sql!(
        tx,
        execute,
        "INSERT INTO replays (id, build_id, project_id, from_seq, speed, by_steps, shown_seq, started_at_ms, created_at_ms, expires_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &row.id,
        &row.build_id,
        &row.project_id,
        row.from_seq,
        row.speed,
        row.by_steps,
        row.shown_seq,
        row.started_at_ms,
        now_ms,
        row.expires_at_ms
    )?;
    Ok(())
}

/// A replay by its id.
pub async fn find(db: &Database, id: &str) -> Result<Option<ReplayRow>, StoreError> {
    Ok(sql!(db, fetch_optional as ReplayRow, FIND, id)?)
}

/// How many of a project have not expired.
pub async fn count_of_project(tx: &mut Transaction, project_id: &str, now_ms: i64) -> Result<i64, StoreError> {
    const TEXT: &str = "SELECT COUNT(*) FROM replays WHERE project_id = $1 AND expires_at_ms > $2";
    Ok(sql!(tx, fetch_optional as (i64,), TEXT, project_id, now_ms)?.map_or(0, |(count,)| count))
}

/// Its first viewer has come, unless there was one: when that was, epoch milliseconds.
pub async fn start(tx: &mut Transaction, id: &str, now_ms: i64) -> Result<Option<i64>, StoreError> {
    const TEXT: &str = "UPDATE replays SET started_at_ms = COALESCE(started_at_ms, $2) WHERE id = $1 RETURNING started_at_ms";
    Ok(sql!(tx, fetch_optional as (i64,), TEXT, id, now_ms)?.map(|(at,)| at))
}

/// A replay by its id, held until the transaction ends.
pub async fn lock(tx: &mut Transaction, id: &str) -> Result<Option<ReplayRow>, StoreError> {
    const LOCK: &str =
        "SELECT id, build_id, project_id, from_seq, speed, by_steps, shown_seq, started_at_ms, expires_at_ms FROM replays WHERE id = $1 FOR UPDATE";
    Ok(sql!(tx, fetch_optional as ReplayRow, (LOCK, FIND), id)?)
}

/// Events up to this place are shown.
pub async fn show(tx: &mut Transaction, id: &str, shown_seq: i64) -> Result<(), StoreError> {
    sql!(tx, execute, "UPDATE replays SET shown_seq = $2 WHERE id = $1 AND shown_seq < $2", id, shown_seq)?;
    Ok(())
}

/// Forgets those that have expired; how many there were.
pub async fn forget(tx: &mut Transaction, now_ms: i64) -> Result<u64, StoreError> {
    Ok(sql!(tx, execute, "DELETE FROM replays WHERE expires_at_ms <= $1", now_ms)?)
}
