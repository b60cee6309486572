//! Starts of the last seconds: what a second click finds.

use super::database::sql;
use super::{StoreError, Transaction};
use sqlx::FromRow;

/// A start, found by its user and its request.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct RecentStart {
    pub build_id: String,
    pub created_at_ms: i64,
}

/// Holds a user's request until the transaction ends, so that racing starts take turns, and answers with the start that
/// has it: this one, or an earlier one.
pub async fn hold(tx: &mut Transaction, user_id: &str, request_hash: &str, build_id: &str, now_ms: i64) -> Result<RecentStart, StoreError> {
    let row = sql!(
        tx,
        fetch_one as RecentStart,
        "INSERT INTO recent_starts (user_id, request_hash, build_id, created_at_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT (user_id, request_hash) DO UPDATE SET user_id = excluded.user_id
         RETURNING build_id, created_at_ms",
        user_id,
        request_hash,
        build_id,
        now_ms
    )?;
    Ok(row)
}

/// Gives a request that is held to another build.
pub async fn replace(tx: &mut Transaction, user_id: &str, request_hash: &str, build_id: &str, now_ms: i64) -> Result<(), StoreError> {
    sql!(
        tx,
        execute,
        "UPDATE recent_starts SET build_id = $3, created_at_ms = $4 WHERE user_id = $1 AND request_hash = $2",
        user_id,
        request_hash,
        build_id,
        now_ms
    )?;
    Ok(())
}

/// Removes starts from before a time, at most `limit`; those that another start holds stay.
pub async fn remove_before(tx: &mut Transaction, before_ms: i64, limit: i64) -> Result<u64, StoreError> {
    // the oldest first, and never waiting: two starts that clean up may each hold what the other would remove
    let texts = (
        "DELETE FROM recent_starts WHERE ctid = ANY (ARRAY (
             SELECT ctid FROM recent_starts WHERE created_at_ms < $1 ORDER BY created_at_ms LIMIT $2 FOR UPDATE SKIP LOCKED))",
        "DELETE FROM recent_starts WHERE rowid IN (SELECT rowid FROM recent_starts WHERE created_at_ms < $1 ORDER BY created_at_ms LIMIT $2)",
    );
    Ok(sql!(tx, execute, texts, before_ms, limit)?)
}
