//! What was answered to requests with a key, in the transaction of the work that the answer tells of.

use super::database::sql;
use super::{Database, StoreError, Transaction};
use sqlx::FromRow;

/// A request that was answered, and its answer.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct IdempotencyRow {
    pub request_hash: String,
    pub request_id: String,
    pub status: i32,
    pub content_type: String,
    pub content_language: Option<String>,
    pub etag: Option<String>,
    pub body: String,
}

/// A request that wants to be done.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct NewKey<'a> {
    pub key_hash: &'a str,
    pub request_hash: &'a str,
    pub request_id: &'a str,
}

/// An answer as it is kept.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct NewAnswer<'a> {
    pub status: i32,
    pub content_type: &'a str,
    pub content_language: Option<&'a str>,
    pub etag: Option<&'a str>,
    pub body: &'a str,
}

/// Whose a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// This transaction's, until it ends.
    Ours,
    /// A request's that was answered.
    Answered,
    /// Another transaction's, which has not ended in five seconds.
    Others,
}

/// The answer under a key, when it was given after a time.
pub async fn find(db: &Database, key_hash: &str, after_ms: i64) -> Result<Option<IdempotencyRow>, StoreError> {
    Ok(sql!(
        db,
        fetch_optional as IdempotencyRow,
        "SELECT request_hash, request_id, status, content_type, content_language, etag, body
         FROM idempotency_keys WHERE key_hash = $1 AND created_at_ms > $2 AND status > 0",
        key_hash,
        after_ms
    )?)
}

/// Holds a key until the transaction ends, as its first statement. On PostgreSQL a racing one waits here, and so holds
/// nothing else meanwhile. An answer from `until_ms` or before has had its time.
pub async fn hold(tx: &mut Transaction, key: NewKey<'_>, until_ms: i64, now_ms: i64) -> Result<Held, StoreError> {
    // the limit of waits is set before the row is written, by the same statement
    let texts = (
        "INSERT INTO idempotency_keys (key_hash, request_hash, request_id, status, content_type, body, created_at_ms)
         SELECT $1, $2, $3, 0, '', '', $4 FROM (SELECT set_config('lock_timeout', '5s', TRUE) AS set_to) AS waits WHERE set_to <> ''
         ON CONFLICT (key_hash) DO UPDATE
         SET request_hash = excluded.request_hash, request_id = excluded.request_id, status = 0, created_at_ms = excluded.created_at_ms
         WHERE idempotency_keys.created_at_ms <= $5 OR idempotency_keys.status = 0",
        "INSERT INTO idempotency_keys (key_hash, request_hash, request_id, status, content_type, body, created_at_ms)
         VALUES ($1, $2, $3, 0, '', '', $4)
         ON CONFLICT (key_hash) DO UPDATE
         SET request_hash = excluded.request_hash, request_id = excluded.request_id, status = 0, created_at_ms = excluded.created_at_ms
         WHERE idempotency_keys.created_at_ms <= $5 OR idempotency_keys.status = 0",
    );
    match sql!(tx, execute, texts, key.key_hash, key.request_hash, key.request_id, now_ms, until_ms) {
        Ok(0) => Ok(Held::Answered),
        Ok(_) => Ok(Held::Ours),
        // lock_not_available
        Err(error) if error.as_database_error().is_some_and(|error| error.code().as_deref() == Some("55P03")) => Ok(Held::Others),
        Err(error) => Err(error.into()),
    }
}

/// Keeps the answer under a key that is held, as the last statement before the commit.
pub async fn keep(tx: &mut Transaction, key_hash: &str, answer: NewAnswer<'_>) -> Result<(), StoreError> {
    sql!(
        tx,
        execute,
        "UPDATE idempotency_keys SET status = $2, content_type = $3, content_language = $4, etag = $5, body = $6 WHERE key_hash = $1",
        key_hash,
        answer.status,
        answer.content_type,
        answer.content_language,
        answer.etag,
        answer.body
    )?;
    Ok(())
}

/// Removes answers from a time or before, at most `limit`, the oldest first; keys that somebody holds stay.
pub async fn remove_until(tx: &mut Transaction, until_ms: i64, limit: i64) -> Result<u64, StoreError> {
    let texts = (
        "DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY (
             SELECT ctid FROM idempotency_keys WHERE created_at_ms <= $1 ORDER BY created_at_ms LIMIT $2 FOR UPDATE SKIP LOCKED))",
        "DELETE FROM idempotency_keys WHERE rowid IN (SELECT rowid FROM idempotency_keys WHERE created_at_ms <= $1 ORDER BY created_at_ms LIMIT $2)",
    );
    Ok(sql!(tx, execute, texts, until_ms, limit)?)
}
