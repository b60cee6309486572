//! Exports: what is known of the tar.gz objects that were made of versions.

use super::database::{json_list, sql};
use super::{Database, StoreError, Transaction};
use sqlx::FromRow;

/// An export that was made.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct ExportRow {
    pub object_bytes: i64,
    pub object_sha256: String,
}

/// The export of a version, if it was made, noted as asked for now.
pub async fn ask(tx: &mut Transaction, version_id: &str, now_ms: i64) -> Result<Option<ExportRow>, StoreError> {
    Ok(sql!(
        tx,
        fetch_optional as ExportRow,
        "UPDATE exports SET asked_at_ms = $2 WHERE version_id = $1 RETURNING object_bytes, object_sha256",
        version_id,
        now_ms
    )?)
}

/// An export was made, in the stead of an earlier one where there was one.
pub async fn made(tx: &mut Transaction, version_id: &str, row: &ExportRow, now_ms: i64) -> Result<(), StoreError> {
    sql!(
        tx,
        execute,
        "INSERT INTO exports (version_id, object_bytes, object_sha256, asked_at_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT (version_id) DO UPDATE SET object_bytes = $2, object_sha256 = $3, asked_at_ms = $4",
        version_id,
        row.object_bytes,
        &row.object_sha256,
        now_ms
    )?;
    Ok(())
}

/// Forgets those that nobody asked for since then; how many there were.
pub async fn forget(tx: &mut Transaction, before_ms: i64) -> Result<u64, StoreError> {
    Ok(sql!(tx, execute, "DELETE FROM exports WHERE asked_at_ms < $1", before_ms)?)
}

/// Those of these versions that have an export.
pub async fn known<'a>(db: &Database, version_ids: impl Iterator<Item = &'a str>) -> Result<Vec<String>, StoreError> {
    const POSTGRES: &str = "SELECT version_id FROM exports WHERE version_id IN (SELECT json_array_elements_text($1::json))";
    const SQLITE: &str = "SELECT version_id FROM exports WHERE version_id IN (SELECT value FROM json_each($1))";
    let rows = sql!(db, fetch_all as (String,), (POSTGRES, SQLITE), json_list(version_ids))?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
