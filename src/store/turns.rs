//! A worker's turn at the queue: what it has done leaves, and what it may take next is leased to it, in one statement where
//! the database can.

use super::database::sql;
use super::jobs::Lease;
use super::{StoreError, Transaction};
use sqlx::FromRow;
use std::collections::{BTreeMap, BTreeSet};

/// A job that was just taken, under its new fencing token.
#[derive(Debug, Clone, FromRow)]
#[expect(missing_docs, reason = "the columns are described in the migrations")]
pub struct JobRow {
    pub build_id: String,
    pub project_id: String,
    pub user_id: String,
    pub current_state: String,
    /// `build` or `rollback`.
    pub kind: String,
    pub source_key: String,
    pub started_at_ms: Option<i64>,
    pub estimated_start_ms: Option<i64>,
    pub estimated_seconds: Option<f64>,
    pub priority: i32,
    pub round: i64,
    pub attempts: i32,
    pub fencing_token: i64,
    pub cancel_requested_at_ms: Option<i64>,
    /// Whether its lease had run out in another worker's hands.
    pub late: bool,
}

/// Who takes, how much, and until when.
#[derive(Debug, Clone, Copy)]
pub struct Take<'a> {
    /// The node, the same after a restart.
    pub node_id: &'a str,
    /// This life of it.
    pub incarnation: &'a str,
    /// Jobs at most.
    pub limit: i64,
    /// Leased jobs of one user at once, on all nodes; 0 for no limit.
    pub per_user: i64,
    /// The time, epoch milliseconds.
    pub now_ms: i64,
    /// The end of the leases, epoch milliseconds.
    pub lease_until_ms: i64,
    /// A lease of this very life counts as over when it ended before this, epoch milliseconds: whoever holds it is here, and
    /// may only be slow to renew it.
    pub own_late_ms: i64,
}

const TURN: &str = "WITH ended AS (
    SELECT r->>0 AS id, (r->>1)::bigint AS token FROM json_array_elements($1::json) AS r
), done AS (
    DELETE FROM jobs USING ended WHERE build_id = ended.id AND fencing_token = ended.token AND state = 'leased' AND cancel_requested_at_ms IS NULL
), busy AS (
    SELECT user_id FROM jobs WHERE $3 > 0 AND state = 'leased' AND build_id NOT IN (SELECT id FROM ended) GROUP BY user_id HAVING COUNT(*) >= $3
), late AS (
    SELECT build_id FROM jobs WHERE state = 'leased' AND lease_until_ms <= $2 AND (COALESCE(incarnation, '') <> $6 OR lease_until_ms <= $8)
        AND build_id NOT IN (SELECT id FROM ended)
    ORDER BY lease_until_ms, build_id LIMIT $4 FOR UPDATE SKIP LOCKED
), next AS (
    SELECT build_id FROM jobs WHERE state = 'ready' AND user_id NOT IN (SELECT user_id FROM busy)
    ORDER BY priority DESC, round, build_id LIMIT GREATEST($4 - (SELECT COUNT(*) FROM late), 0) FOR UPDATE SKIP LOCKED
)
UPDATE jobs SET state = 'leased', attempts = attempts + 1, fencing_token = jobs.fencing_token + 1, node_id = $5, incarnation = $6, lease_until_ms = $7
FROM builds b WHERE b.id = jobs.build_id AND jobs.build_id = ANY(ARRAY(SELECT build_id FROM late UNION ALL SELECT build_id FROM next))
RETURNING jobs.build_id, b.project_id, jobs.user_id, b.current_state, b.kind, b.source_key, b.started_at_ms, b.estimated_start_ms, b.estimated_seconds, jobs.priority, jobs.round,
    jobs.attempts, jobs.fencing_token, jobs.cancel_requested_at_ms, jobs.build_id IN (SELECT build_id FROM late) AS late";

/// Removes the jobs that are done and are still held (those that are to be cancelled stay until their end is written), and takes others: those whose lease is over, then the next of the
/// fair order, in that order.
pub async fn turn(tx: &mut Transaction, done: &[Lease<'_>], take: Take<'_>) -> Result<Vec<JobRow>, StoreError> {
    let mut taken = if tx.is_sqlite() { in_turn(tx, done, take).await? } else { at_once(tx, done, take).await? };
    taken.sort_by(|a, b| (b.late, -a.priority, a.round, &a.build_id).cmp(&(a.late, -b.priority, b.round, &b.build_id)));
    if take.per_user > 0 && !taken.is_empty() {
        give_back_surplus(tx, &mut taken, take.per_user).await?;
    }
    Ok(taken)
}

fn as_json(done: &[Lease<'_>]) -> String {
    serde_json::to_string(&done.iter().map(|lease| (lease.build_id, lease.fencing_token)).collect::<Vec<_>>()).expect("a list is plain")
}

async fn at_once(tx: &mut Transaction, done: &[Lease<'_>], take: Take<'_>) -> Result<Vec<JobRow>, StoreError> {
    let Take { node_id, incarnation, limit, per_user, now_ms, lease_until_ms, own_late_ms } = take;
    Ok(sql!(tx, fetch_all as JobRow, TURN, as_json(done), now_ms, per_user, limit, node_id, incarnation, lease_until_ms, own_late_ms)?)
}

/// SQLite has one writer: nothing comes between its statements.
async fn in_turn(tx: &mut Transaction, done: &[Lease<'_>], take: Take<'_>) -> Result<Vec<JobRow>, StoreError> {
    const DONE: &str = "DELETE FROM jobs WHERE state = 'leased' AND cancel_requested_at_ms IS NULL AND (build_id, fencing_token) IN (SELECT value->>0, value->>1 FROM json_each($1))";
    const ROW: &str = "SELECT j.build_id, b.project_id, j.user_id, b.current_state, b.kind, b.source_key, b.started_at_ms, b.estimated_start_ms, b.estimated_seconds, j.priority, j.round,
            j.attempts + 1 AS attempts, j.fencing_token + 1 AS fencing_token, j.cancel_requested_at_ms, j.state = 'leased' AS late
         FROM jobs j JOIN builds b ON b.id = j.build_id";
    const LATE: &str = "j.state = 'leased' AND j.lease_until_ms <= $1 AND (COALESCE(j.incarnation, '') <> $3 OR j.lease_until_ms <= $4)
         ORDER BY j.lease_until_ms, j.build_id LIMIT $2";
    const NEXT: &str =
        "j.state = 'ready' AND j.user_id NOT IN (SELECT user_id FROM jobs WHERE $1 > 0 AND state = 'leased' GROUP BY user_id HAVING COUNT(*) >= $1)
         ORDER BY j.priority DESC, j.round, j.build_id LIMIT $2";
    const LEASE: &str =
        "UPDATE jobs SET state = 'leased', attempts = attempts + 1, fencing_token = fencing_token + 1, node_id = $2, incarnation = $3, lease_until_ms = $4
         WHERE build_id IN (SELECT value FROM json_each($1))";
    static LATE_ROWS: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| format!("{ROW} WHERE {LATE}"));
    static NEXT_ROWS: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| format!("{ROW} WHERE {NEXT}"));
    if !done.is_empty() {
        sql!(tx, execute, DONE, as_json(done))?;
    }
    let mut taken = sql!(tx, fetch_all as JobRow, LATE_ROWS.as_str(), take.now_ms, take.limit, take.incarnation, take.own_late_ms)?;
    let left = take.limit - i64::try_from(taken.len()).unwrap_or(take.limit);
    if left > 0 {
        taken.extend(sql!(tx, fetch_all as JobRow, NEXT_ROWS.as_str(), take.per_user, left)?);
    }
    if !taken.is_empty() {
        let ids = serde_json::to_string(&taken.iter().map(|job| &job.build_id).collect::<Vec<_>>()).expect("a list is plain");
        sql!(tx, execute, LEASE, ids, take.node_id, take.incarnation, take.lease_until_ms)?;
    }
    Ok(taken)
}

/// What is beyond a user's limit goes back. The users' rounds are locked, so that two nodes count one after the other.
async fn give_back_surplus(tx: &mut Transaction, taken: &mut Vec<JobRow>, per_user: i64) -> Result<(), StoreError> {
    const LOCK: (&str, &str) = (
        "SELECT user_id FROM queue_rounds WHERE user_id IN (SELECT json_array_elements_text($1::json)) ORDER BY user_id, priority FOR UPDATE",
        "SELECT user_id FROM queue_rounds WHERE user_id IN (SELECT value FROM json_each($1))",
    );
    const COUNT: (&str, &str) = (
        "SELECT user_id, COUNT(*) FROM jobs WHERE state = 'leased' AND user_id IN (SELECT json_array_elements_text($1::json)) GROUP BY user_id",
        "SELECT user_id, COUNT(*) FROM jobs WHERE state = 'leased' AND user_id IN (SELECT value FROM json_each($1)) GROUP BY user_id",
    );
    const BACK: (&str, &str) = (
        "UPDATE jobs SET state = 'ready', attempts = attempts - 1, node_id = NULL, incarnation = NULL, lease_until_ms = NULL
         WHERE build_id IN (SELECT json_array_elements_text($1::json))",
        "UPDATE jobs SET state = 'ready', attempts = attempts - 1, node_id = NULL, incarnation = NULL, lease_until_ms = NULL
         WHERE build_id IN (SELECT value FROM json_each($1))",
    );
    let users = serde_json::to_string(&taken.iter().map(|job| &job.user_id).collect::<BTreeSet<_>>()).expect("a list is plain");
    sql!(tx, fetch_all as (String,), LOCK, &users)?;
    let mut leased: BTreeMap<String, i64> = sql!(tx, fetch_all as (String, i64), COUNT, &users)?.into_iter().collect();
    let mut surplus = Vec::new();
    // the last taken go first; a late one runs somewhere already and only changes hands
    for at in (0..taken.len()).rev() {
        let count = leased.entry(taken[at].user_id.clone()).or_default();
        if *count > per_user && !taken[at].late {
            *count -= 1;
            surplus.push(taken.remove(at).build_id);
        }
    }
    if !surplus.is_empty() {
        sql!(tx, execute, BACK, serde_json::to_string(&surplus).expect("a list is plain"))?;
    }
    Ok(())
}
