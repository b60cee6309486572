//! The nodes that run builds.

use super::database::sql;
use super::{Database, StoreError, Transaction};

/// Says that a node is there, and how many builds it runs at once.
pub async fn seen(tx: &mut Transaction, id: &str, incarnation: &str, slots: i32, now_ms: i64) -> Result<(), StoreError> {
    sql!(
        tx,
        execute,
        "INSERT INTO nodes (id, incarnation, slots, seen_at_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET incarnation = excluded.incarnation, slots = excluded.slots, seen_at_ms = excluded.seen_at_ms",
        id,
        incarnation,
        slots,
        now_ms
    )?;
    Ok(())
}

/// Says that this life of a node is over.
pub async fn gone(tx: &mut Transaction, id: &str, incarnation: &str) -> Result<(), StoreError> {
    sql!(tx, execute, "DELETE FROM nodes WHERE id = $1 AND incarnation = $2", id, incarnation)?;
    Ok(())
}

/// Builds that all nodes seen since then run at once.
pub async fn slots(db: &Database, since_ms: i64) -> Result<i64, StoreError> {
    let (slots,) = sql!(db, fetch_one as (i64,), "SELECT CAST(COALESCE(SUM(slots), 0) AS BIGINT) FROM nodes WHERE seen_at_ms >= $1", since_ms)?;
    Ok(slots)
}

/// Forgets nodes that have not been seen since then.
pub async fn forget(tx: &mut Transaction, before_ms: i64) -> Result<u64, StoreError> {
    Ok(sql!(tx, execute, "DELETE FROM nodes WHERE seen_at_ms < $1", before_ms)?)
}
