//! Sources that a sweep is about to remove. A source's key is the hash of its bytes, so a start may store the very object
//! that a sweep has found to be nobody's: both meet at a row here, and whoever has it goes first.

use super::database::{json_list, sql};
use super::{Database, StoreError, Transaction};

/// Notes sources that nothing names; those that are noted already stay so.
pub async fn condemn(tx: &mut Transaction, keys: &[&str], now_ms: i64) -> Result<(), StoreError> {
    const CONDEMN: (&str, &str) = (
        "INSERT INTO condemned_sources (source_key, condemned_at_ms) SELECT k, $2::bigint FROM json_array_elements_text($1::json) AS k ORDER BY k COLLATE \"C\"
         ON CONFLICT (source_key) DO NOTHING",
        "INSERT INTO condemned_sources (source_key, condemned_at_ms) SELECT value, $2 FROM json_each($1) WHERE TRUE ON CONFLICT (source_key) DO NOTHING",
    );
    sql!(tx, execute, CONDEMN, json_list(keys.iter().copied()), now_ms)?;
    Ok(())
}

/// Sources that are condemned, after a key, in order.
pub async fn page(db: &Database, after: &str, limit: i64) -> Result<Vec<String>, StoreError> {
    let rows = sql!(db, fetch_all as (String,), "SELECT source_key FROM condemned_sources WHERE source_key > $1 ORDER BY source_key LIMIT $2", after, limit)?;
    Ok(rows.into_iter().map(|(key,)| key).collect())
}

/// Those of these sources that are condemned, held until the transaction ends.
pub async fn lock(tx: &mut Transaction, keys: &[&str]) -> Result<Vec<String>, StoreError> {
    const LOCK: (&str, &str) = (
        "SELECT source_key FROM condemned_sources WHERE source_key IN (SELECT json_array_elements_text($1::json)) ORDER BY source_key COLLATE \"C\" FOR UPDATE",
        "SELECT source_key FROM condemned_sources WHERE source_key IN (SELECT value FROM json_each($1)) ORDER BY source_key",
    );
    let rows = sql!(tx, fetch_all as (String,), LOCK, json_list(keys.iter().copied()))?;
    Ok(rows.into_iter().map(|(key,)| key).collect())
}

/// Takes sources out, whether they are removed or wanted again. The caller holds them.
pub async fn forget(tx: &mut Transaction, keys: &[&str]) -> Result<(), StoreError> {
    const FORGET: (&str, &str) = (
        "DELETE FROM condemned_sources WHERE source_key IN (SELECT json_array_elements_text($1::json))",
        "DELETE FROM condemned_sources WHERE source_key IN (SELECT value FROM json_each($1))",
    );
    sql!(tx, execute, FORGET, json_list(keys.iter().copied()))?;
    Ok(())
}

/// Takes back those of these sources that are condemned: they may be removed already, and the caller has to store them anew.
pub async fn take_back(tx: &mut Transaction, keys: &[&str]) -> Result<Vec<String>, StoreError> {
    let held = lock(tx, keys).await?;
    if !held.is_empty() {
        forget(tx, &held.iter().map(String::as_str).collect::<Vec<_>>()).await?;
    }
    Ok(held)
}
