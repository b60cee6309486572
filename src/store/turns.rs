//! A worker's turn at the queue: what it has done leaves, and what it may take next is leased to it, in one statement where
//! the database can.

use super::database::{Either, json_list, sql};
use super::jobs::Lease;
use super::looks::{Look, Round};
use super::{StoreError, Transaction};
use std::collections::BTreeMap;

/// A job that was just taken, under its new fencing token.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns are described in the migrations")]
pub struct JobRow {
    pub build_id: String,
    pub project_id: String,
    pub user_id: String,
    /// `build` or `rollback`.
    pub kind: String,
    pub source_key: String,
    pub started_at_ms: i64,
    pub estimated_start_ms: Option<i64>,
    pub estimated_seconds: Option<f64>,
    pub priority: i32,
    pub round: i64,
    pub attempts: i32,
    pub fencing_token: i64,
    pub cancel_requested_at_ms: Option<i64>,
    /// The id of the request that started it.
    pub request_id: Option<String>,
    /// Whether its lease had run out in another worker's hands.
    pub late: bool,
}

impl JobRow {
    /// Whether nobody had it before.
    pub const fn is_first(&self) -> bool {
        self.fencing_token == 1
    }
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
    /// What it looks at.
    pub look: Look,
}

/// `JobRow`'s columns, in the order of `CLAIM`'s: by name, a row's decoding costs more than its claim.
type Columns = (String, String, String, String, String, i64, Option<i64>, Option<f64>, i32, i64, i32, i64, Option<i64>, Option<String>);

// what it changes is in no index, but for the counted user where there are limits: PostgreSQL writes the row's new version
// beside the old one, and nothing else
macro_rules! claim {
    ($before:literal, $ids:expr) => {
        concat!(
            $before,
            "UPDATE jobs SET state = 'leased', attempts = attempts + 1, fencing_token = fencing_token + 1, node_id = $1, incarnation = $2, lease_until_ms = $3,
                started_at_ms = COALESCE(started_at_ms, $4), counted_user_id = CASE WHEN $5 > 0 THEN user_id END
             WHERE build_id ",
            $ids,
            " RETURNING build_id, project_id, user_id, kind, source_key, started_at_ms, estimated_start_ms, estimated_seconds, priority, round,
                attempts, fencing_token, cancel_requested_at_ms, request_id"
        )
    };
}

macro_rules! next {
    ($open:literal, $close:literal) => {
        concat!(
            $open,
            "SELECT build_id FROM jobs WHERE due AND state = 'ready' AND (-priority, round) >= ($7, $8)
                AND ($5 = 0 OR user_id NOT IN (SELECT counted_user_id FROM jobs WHERE counted_user_id IS NOT NULL GROUP BY counted_user_id HAVING COUNT(*) >= $5))
             ORDER BY -priority, round, build_id LIMIT $6",
            $close
        )
    };
}

macro_rules! late {
    ($open:literal, $close:literal) => {
        concat!(
            $open,
            "SELECT build_id FROM jobs WHERE due AND state = 'leased' AND lease_until_ms <= $4 AND (COALESCE(incarnation, '') <> $2 OR lease_until_ms <= $7)
             ORDER BY lease_until_ms, build_id LIMIT $6",
            $close
        )
    };
}

const LATE: (&str, &str) = (claim!("", late!("= ANY(ARRAY(", " FOR UPDATE SKIP LOCKED))")), claim!("", late!("IN (", ")")));
const NEXT: (&str, &str) = (claim!("", next!("= ANY(ARRAY(", " FOR UPDATE SKIP LOCKED))")), claim!("", next!("IN (", ")")));
/// The ends, and what is next, at once.
const TURN: &str = claim!(
    "WITH done AS (
        DELETE FROM jobs USING unnest($9::text[], $10::bigint[]) AS ended (id, token)
        WHERE build_id = ended.id AND fencing_token = ended.token AND state = 'leased' AND cancel_requested_at_ms IS NULL
     ) ",
    next!("= ANY(ARRAY(", " FOR UPDATE SKIP LOCKED))")
);

/// Removes the jobs that are done and are still held, but for those that are to be cancelled, which go when their end is
/// written; and takes others: those whose lease is over, then the next of the fair order, in that order.
pub async fn turn(tx: &mut Transaction, done: &[Lease<'_>], take: Take<'_>) -> Result<Vec<JobRow>, StoreError> {
    let (mut done, mut taken) = (done, Vec::new());
    // what else is read must see that they are gone
    if take.look.late || take.per_user > 0 {
        end(tx, std::mem::take(&mut done)).await?;
    }
    if take.look.late && take.limit > 0 {
        taken = late(tx, take).await?;
    }
    let mut from = take.look.from;
    loop {
        let left = take.limit - i64::try_from(taken.len()).unwrap_or(take.limit);
        if left > 0 || !done.is_empty() {
            taken.extend(next(tx, std::mem::take(&mut done), take, left, from).await?);
        }
        // what is before the place is better than nothing
        if from.take().is_none() {
            break;
        }
    }
    taken.sort_by(|a, b| (b.late, -a.priority, a.round, &a.build_id).cmp(&(a.late, -b.priority, b.round, &b.build_id)));
    if take.per_user > 0 && !taken.is_empty() {
        give_back_surplus(tx, &mut taken, take.per_user).await?;
    }
    Ok(taken)
}

/// Where the queue goes on behind a turn that took all that it might; it has to be looked at from its front otherwise.
pub fn place_after(taken: &[JobRow], limit: i64) -> Option<Round> {
    let full = i64::try_from(taken.len()).is_ok_and(|taken| taken == limit);
    taken.last().filter(|last| full && !last.late).map(|last| Round { priority: last.priority, round: last.round })
}

fn rows(columns: Vec<Columns>, late: bool) -> impl Iterator<Item = JobRow> {
    columns.into_iter().map(move |row| {
        let (
            build_id,
            project_id,
            user_id,
            kind,
            source_key,
            started_at_ms,
            estimated_start_ms,
            estimated_seconds,
            priority,
            round,
            attempts,
            token,
            cancel,
            request,
        ) = row;
        JobRow {
            build_id,
            project_id,
            user_id,
            kind,
            source_key,
            started_at_ms,
            estimated_start_ms,
            estimated_seconds,
            priority,
            round,
            attempts,
            fencing_token: token,
            cancel_requested_at_ms: cancel,
            request_id: request,
            late,
        }
    })
}

fn columns_of(done: &[Lease<'_>]) -> (Vec<String>, Vec<i64>) {
    done.iter().map(|lease| (lease.build_id.to_owned(), lease.fencing_token)).unzip()
}

async fn end(tx: &mut Transaction, done: &[Lease<'_>]) -> Result<(), StoreError> {
    const DONE: (&str, &str) = (
        "DELETE FROM jobs USING (SELECT r->>0 AS id, (r->>1)::bigint AS token FROM json_array_elements($1::json) AS r) AS ended
         WHERE build_id = ended.id AND fencing_token = ended.token AND state = 'leased' AND cancel_requested_at_ms IS NULL",
        "DELETE FROM jobs WHERE state = 'leased' AND cancel_requested_at_ms IS NULL AND (build_id, fencing_token) IN (SELECT value->>0, value->>1 FROM json_each($1))",
    );
    if !done.is_empty() {
        let done: Vec<_> = done.iter().map(|lease| (lease.build_id, lease.fencing_token)).collect();
        sql!(tx, execute, DONE, serde_json::to_string(&done).expect("a list is plain"))?;
    }
    Ok(())
}

async fn late(tx: &mut Transaction, take: Take<'_>) -> Result<Vec<JobRow>, StoreError> {
    let Take { node_id, incarnation, limit, per_user, now_ms, lease_until_ms, own_late_ms, look: _ } = take;
    let late = sql!(tx, fetch_all as Columns, LATE, node_id, incarnation, lease_until_ms, now_ms, per_user, limit, own_late_ms)?;
    Ok(rows(late, true).collect())
}

async fn next(tx: &mut Transaction, done: &[Lease<'_>], take: Take<'_>, limit: i64, from: Option<Round>) -> Result<impl Iterator<Item = JobRow>, StoreError> {
    let Take { node_id, incarnation, per_user, now_ms, lease_until_ms, .. } = take;
    let (descending, round) = from.map_or((i32::MIN, i64::MIN), |from| (-from.priority, from.round));
    let next = match tx.executor() {
        Either::Postgres(c) if !done.is_empty() => {
            let (ids, tokens) = columns_of(done);
            let turn = sqlx::query_as::<_, Columns>(TURN).bind(node_id).bind(incarnation).bind(lease_until_ms).bind(now_ms).bind(per_user);
            turn.bind(limit).bind(descending).bind(round).bind(ids).bind(tokens).fetch_all(c).await?
        }
        _ => {
            // SQLite has one writer: nothing comes between its statements
            end(tx, done).await?;
            sql!(tx, fetch_all as Columns, NEXT, node_id, incarnation, lease_until_ms, now_ms, per_user, limit, descending, round)?
        }
    };
    Ok(rows(next, false))
}

/// What is beyond a user's limit goes back. The users' rounds are locked, so that two nodes count one after the other.
async fn give_back_surplus(tx: &mut Transaction, taken: &mut Vec<JobRow>, per_user: i64) -> Result<(), StoreError> {
    const LOCK: (&str, &str) = (
        "SELECT user_id FROM queue_rounds WHERE user_id IN (SELECT json_array_elements_text($1::json)) ORDER BY user_id, priority FOR UPDATE",
        "SELECT user_id FROM queue_rounds WHERE user_id IN (SELECT value FROM json_each($1))",
    );
    const COUNT: (&str, &str) = (
        "SELECT counted_user_id, COUNT(*) FROM jobs
         WHERE counted_user_id IS NOT NULL AND counted_user_id IN (SELECT json_array_elements_text($1::json)) GROUP BY counted_user_id",
        "SELECT counted_user_id, COUNT(*) FROM jobs
         WHERE counted_user_id IS NOT NULL AND counted_user_id IN (SELECT value FROM json_each($1)) GROUP BY counted_user_id",
    );
    // nobody was told of the claim
    const BACK: (&str, &str) = (
        "UPDATE jobs SET state = 'ready', attempts = attempts - 1, fencing_token = fencing_token - 1, node_id = NULL, incarnation = NULL,
            lease_until_ms = NULL, counted_user_id = NULL, started_at_ms = CASE WHEN fencing_token > 1 THEN started_at_ms END
         WHERE build_id IN (SELECT json_array_elements_text($1::json))",
        "UPDATE jobs SET state = 'ready', attempts = attempts - 1, fencing_token = fencing_token - 1, node_id = NULL, incarnation = NULL,
            lease_until_ms = NULL, counted_user_id = NULL, started_at_ms = CASE WHEN fencing_token > 1 THEN started_at_ms END
         WHERE build_id IN (SELECT value FROM json_each($1))",
    );
    let users = json_list(taken.iter().map(|job| job.user_id.as_str()));
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
        sql!(tx, execute, BACK, json_list(surplus.iter().map(String::as_str)))?;
    }
    Ok(())
}
