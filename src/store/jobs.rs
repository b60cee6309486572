//! The queue: a job for each build that has not ended, with its lease.

use super::database::sql;
use super::{Database, StoreError, Transaction};
use sqlx::FromRow;

/// A job as a claim sees it.
#[derive(Debug, Clone, FromRow)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct JobRow {
    pub build_id: String,
    pub project_id: String,
    pub user_id: String,
    pub current_state: String,
    pub source_key: String,
    pub started_at_ms: Option<i64>,
    pub attempts: i32,
    pub fencing_token: i64,
}

/// A node's hold on a job: which build, and under which fencing token.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Lease<'a> {
    pub build_id: &'a str,
    pub node_id: &'a str,
    pub fencing_token: i64,
}

/// A new job, ready from `run_at_ms`.
pub async fn enqueue(tx: &mut Transaction, build_id: &str, user_id: &str, priority: i32, run_at_ms: i64, now_ms: i64) -> Result<(), StoreError> {
    sql!(
        tx,
        execute,
        "INSERT INTO jobs (build_id, user_id, state, priority, run_at_ms, enqueued_at_ms) VALUES ($1, $2, 'ready', $3, $4, $5)",
        build_id,
        user_id,
        priority,
        run_at_ms,
        now_ms
    )?;
    Ok(())
}

const POSITION: &str = "SELECT (SELECT COUNT(*) FROM jobs WHERE build_id = $1 AND state = 'ready'),
        (SELECT COUNT(*) FROM jobs o JOIN jobs m ON m.build_id = $1
         WHERE o.state = 'ready' AND (-o.priority, o.run_at_ms, o.enqueued_at_ms, o.build_id) <= (-m.priority, m.run_at_ms, m.enqueued_at_ms, m.build_id))";

/// A waiting job's place in the queue, from 1; none when it does not wait.
pub async fn position(db: &Database, build_id: &str) -> Result<Option<i64>, StoreError> {
    let (known, place) = sql!(db, fetch_one as (i64, i64), POSITION, build_id)?;
    Ok((known > 0).then_some(place))
}

/// A new job's place in the queue, from 1, as its transaction sees it.
pub async fn position_within(tx: &mut Transaction, build_id: &str) -> Result<i64, StoreError> {
    let (_, place) = sql!(tx, fetch_one as (i64, i64), POSITION, build_id)?;
    Ok(place)
}

/// Jobs that may be taken now, held until the transaction ends: those ready, and those whose lease is over.
pub async fn claimable(tx: &mut Transaction, now_ms: i64, limit: i64) -> Result<Vec<JobRow>, StoreError> {
    const ORDER: &str = "SELECT j.build_id, b.project_id, j.user_id, b.current_state, b.source_key, b.started_at_ms, j.attempts, j.fencing_token FROM jobs j JOIN builds b ON b.id = j.build_id
         WHERE (j.state = 'ready' AND j.run_at_ms <= $1) OR (j.state = 'leased' AND j.lease_until_ms <= $1)
         ORDER BY j.priority DESC, j.run_at_ms, j.enqueued_at_ms, j.build_id LIMIT $2";
    const SKIP: &str = "SELECT j.build_id, b.project_id, j.user_id, b.current_state, b.source_key, b.started_at_ms, j.attempts, j.fencing_token FROM jobs j JOIN builds b ON b.id = j.build_id
         WHERE (j.state = 'ready' AND j.run_at_ms <= $1) OR (j.state = 'leased' AND j.lease_until_ms <= $1)
         ORDER BY j.priority DESC, j.run_at_ms, j.enqueued_at_ms, j.build_id LIMIT $2 FOR UPDATE OF j SKIP LOCKED";
    Ok(sql!(tx, fetch_all as JobRow, (SKIP, ORDER), now_ms, limit)?)
}

/// Takes a job under a fencing token; the append that tells of it gives the build the same one.
pub async fn lease(tx: &mut Transaction, lease: Lease<'_>, until_ms: i64) -> Result<(), StoreError> {
    sql!(
        tx,
        execute,
        "UPDATE jobs SET state = 'leased', attempts = attempts + 1, node_id = $2, fencing_token = $3, lease_until_ms = $4 WHERE build_id = $1",
        lease.build_id,
        lease.node_id,
        lease.fencing_token,
        until_ms
    )?;
    Ok(())
}

/// Extends a lease that is still this node's; false when it is not.
pub async fn renew(tx: &mut Transaction, lease: Lease<'_>, until_ms: i64) -> Result<bool, StoreError> {
    let rows = sql!(
        tx,
        execute,
        "UPDATE jobs SET lease_until_ms = $4 WHERE build_id = $1 AND node_id = $2 AND fencing_token = $3 AND state = 'leased'",
        lease.build_id,
        lease.node_id,
        lease.fencing_token,
        until_ms
    )?;
    Ok(rows == 1)
}

/// Hands a job back, ready at once; the attempt does not count.
pub async fn hand_back(tx: &mut Transaction, lease: Lease<'_>) -> Result<bool, StoreError> {
    let rows = sql!(
        tx,
        execute,
        "UPDATE jobs SET state = 'ready', node_id = NULL, lease_until_ms = NULL, attempts = attempts - 1
         WHERE build_id = $1 AND node_id = $2 AND fencing_token = $3 AND state = 'leased'",
        lease.build_id,
        lease.node_id,
        lease.fencing_token
    )?;
    Ok(rows == 1)
}

/// Ends every lease that a node's former self held.
pub async fn end_leases_of(tx: &mut Transaction, node_id: &str) -> Result<u64, StoreError> {
    Ok(sql!(tx, execute, "UPDATE jobs SET lease_until_ms = 0 WHERE node_id = $1 AND state = 'leased'", node_id)?)
}

/// Removes an ended build's job.
pub async fn remove(tx: &mut Transaction, build_id: &str) -> Result<(), StoreError> {
    sql!(tx, execute, "DELETE FROM jobs WHERE build_id = $1", build_id)?;
    Ok(())
}
