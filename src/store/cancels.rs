//! Requests to cancel, kept on the jobs until a worker or a claim obeys them.

use super::database::sql;
use super::{Database, StoreError, Transaction};
use sqlx::FromRow;

/// A request to cancel a build that a node runs.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct CancelRequest {
    pub build_id: String,
    pub fencing_token: i64,
    #[sqlx(rename = "cancel_requested_at_ms")]
    pub requested_at_ms: i64,
}

/// Whether a worker has the job, which is held until the transaction ends; none when there is no such job any more.
pub async fn lock_job(tx: &mut Transaction, build_id: &str) -> Result<Option<bool>, StoreError> {
    const FIND: &str = "SELECT state FROM jobs WHERE build_id = $1";
    const LOCK: &str = "SELECT state FROM jobs WHERE build_id = $1 FOR UPDATE";
    let row = sql!(tx, fetch_optional as (String,), (LOCK, FIND), build_id)?;
    Ok(row.map(|(state,)| state == "leased"))
}

/// Asks the worker that has a job to cancel it; the first request's time stays.
pub async fn request(tx: &mut Transaction, build_id: &str, now_ms: i64) -> Result<(), StoreError> {
    sql!(tx, execute, "UPDATE jobs SET cancel_requested_at_ms = $2 WHERE build_id = $1 AND cancel_requested_at_ms IS NULL", build_id, now_ms)?;
    Ok(())
}

/// The requests that are for a node.
pub async fn of_node(db: &Database, node_id: &str) -> Result<Vec<CancelRequest>, StoreError> {
    const TEXT: &str = "SELECT build_id, fencing_token, cancel_requested_at_ms FROM jobs
         WHERE node_id = $1 AND cancel_requested_at_ms IS NOT NULL AND state = 'leased' ORDER BY build_id";
    Ok(sql!(db, fetch_all as CancelRequest, TEXT, node_id)?)
}
