//! The queue's rows: a job for each build that has not ended. Entering the queue, and the lease of the worker that has it;
//! how jobs are taken stands in `turns`.

use super::database::sql;
use super::{StoreError, Transaction};

/// A worker's hold on a job. A fencing token belongs to one claim: nothing else has to match.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Lease<'a> {
    pub build_id: &'a str,
    pub fencing_token: i64,
}

/// A new job: in the queue now, or from `run_at_ms` on.
pub async fn enqueue(tx: &mut Transaction, build_id: &str, user_id: &str, priority: i32, run_at_ms: i64, now_ms: i64) -> Result<(), StoreError> {
    let due = run_at_ms <= now_ms;
    let round = if due { next_round(tx, user_id, priority).await? } else { 0 };
    sql!(
        tx,
        execute,
        "INSERT INTO jobs (build_id, user_id, project_id, kind, source_key, state, due, priority, round, run_at_ms, enqueued_at_ms,
            request_id)
         SELECT id, $2, project_id, kind, source_key, $3, $4, $5, $6, $7, $8, request_id FROM builds WHERE id = $1",
        build_id,
        user_id,
        if due { "ready" } else { "delayed" },
        due,
        priority,
        round,
        run_at_ms,
        now_ms
    )?;
    Ok(())
}

/// The round of a user's next job: the one after the user's last, but none that is over. Each round has one job of each
/// user, so who has many waits for who has few, and nobody gathers credit by staying away.
async fn next_round(tx: &mut Transaction, user_id: &str, priority: i32) -> Result<i64, StoreError> {
    // the round that is being served is the lowest that waits; when none waits, the last that was given out
    const NEXT: (&str, &str) = (
        "INSERT INTO queue_rounds (user_id, priority, last_round) VALUES ($1, $2, COALESCE(
             (SELECT MIN(round) FROM jobs WHERE due AND state = 'ready' AND -priority = -$2),
             (SELECT MAX(last_round) FROM queue_rounds WHERE priority = $2), 1))
         ON CONFLICT (user_id, priority) DO UPDATE SET last_round = GREATEST(queue_rounds.last_round + 1, excluded.last_round)
         RETURNING last_round",
        "INSERT INTO queue_rounds (user_id, priority, last_round) VALUES ($1, $2, COALESCE(
             (SELECT MIN(round) FROM jobs WHERE due AND state = 'ready' AND -priority = -$2),
             (SELECT MAX(last_round) FROM queue_rounds WHERE priority = $2), 1))
         ON CONFLICT (user_id, priority) DO UPDATE SET last_round = MAX(queue_rounds.last_round + 1, excluded.last_round)
         RETURNING last_round",
    );
    let (round,) = sql!(tx, fetch_one as (i64,), NEXT, user_id, priority)?;
    Ok(round)
}

/// Lets delayed jobs whose time has come into the queue, at most `limit`; how many.
pub async fn promote(tx: &mut Transaction, now_ms: i64, limit: i64) -> Result<usize, StoreError> {
    const DUE: (&str, &str) = (
        "SELECT build_id, user_id, priority FROM jobs WHERE NOT due AND run_at_ms <= $1
         ORDER BY run_at_ms, build_id LIMIT $2 FOR UPDATE SKIP LOCKED",
        "SELECT build_id, user_id, priority FROM jobs WHERE NOT due AND run_at_ms <= $1 ORDER BY run_at_ms, build_id LIMIT $2",
    );
    let mut due = sql!(tx, fetch_all as (String, String, i32), DUE, now_ms, limit)?;
    // users' rounds are taken in one order by everybody
    due.sort_by(|a, b| (&a.1, a.2).cmp(&(&b.1, b.2)));
    for (build_id, user_id, priority) in &due {
        let round = next_round(tx, user_id, *priority).await?;
        sql!(tx, execute, "UPDATE jobs SET state = 'ready', due = TRUE, round = $2 WHERE build_id = $1", build_id, round)?;
    }
    Ok(due.len())
}

/// Extends a lease that is still held; false when it is not.
pub async fn renew(tx: &mut Transaction, lease: Lease<'_>, until_ms: i64) -> Result<bool, StoreError> {
    let rows = sql!(
        tx,
        execute,
        "UPDATE jobs SET lease_until_ms = $3 WHERE build_id = $1 AND fencing_token = $2 AND state = 'leased'",
        lease.build_id,
        lease.fencing_token,
        until_ms
    )?;
    Ok(rows == 1)
}

/// Hands a job back, ready at once and in its old place; the attempt does not count.
pub async fn hand_back(tx: &mut Transaction, lease: Lease<'_>) -> Result<bool, StoreError> {
    let rows = sql!(
        tx,
        execute,
        "UPDATE jobs SET state = 'ready', node_id = NULL, incarnation = NULL, lease_until_ms = NULL, counted_user_id = NULL,
            attempts = attempts - 1
         WHERE build_id = $1 AND fencing_token = $2 AND state = 'leased'",
        lease.build_id,
        lease.fencing_token
    )?;
    Ok(rows == 1)
}

/// Ends every lease that former lives of a node held.
pub async fn end_leases_of(tx: &mut Transaction, node_id: &str, but_incarnation: &str) -> Result<u64, StoreError> {
    const END: &str = "UPDATE jobs SET lease_until_ms = 0 WHERE node_id = $1 AND state = 'leased' AND COALESCE(incarnation, '') <> $2";
    Ok(sql!(tx, execute, END, node_id, but_incarnation)?)
}

/// Removes an ended build's job.
pub async fn remove(tx: &mut Transaction, build_id: &str) -> Result<(), StoreError> {
    sql!(tx, execute, "DELETE FROM jobs WHERE build_id = $1", build_id)?;
    Ok(())
}

/// Forgets the rounds of users that would change nothing any more.
pub async fn forget_rounds(tx: &mut Transaction) -> Result<u64, StoreError> {
    const FORGET: &str = "DELETE FROM queue_rounds WHERE last_round < COALESCE(
            (SELECT MIN(round) FROM jobs WHERE due AND state = 'ready' AND -jobs.priority = -queue_rounds.priority),
            (SELECT MAX(q.last_round) FROM queue_rounds q WHERE q.priority = queue_rounds.priority))";
    Ok(sql!(tx, execute, FORGET)?)
}
