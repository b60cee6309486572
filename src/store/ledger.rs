//! The ledger: lines that are written once and never changed.

use super::accounts::HeldAccount;
use super::database::sql;
use super::{Database, StoreError, Transaction};
use crate::domain::ledger::{Actor, Amounts, Line};
use sqlx::FromRow;

/// What every line of one operation says besides.
#[derive(Debug, Clone, Copy, Default)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct Told<'a> {
    /// The lines' ids are made of it and their places.
    pub operation_id: &'a str,
    pub reservation_id: Option<&'a str>,
    pub build_id: Option<&'a str>,
    pub reference: Option<&'a str>,
    pub request_id: &'a str,
    pub actor: Actor<'a>,
    pub reason: Option<&'a str>,
}

/// A line as it is read.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct EntryRow {
    pub seq: i64,
    pub id: String,
    pub kind: String,
    pub bucket: String,
    pub amount: i64,
    pub reservation_id: Option<String>,
    pub build_id: Option<String>,
    pub reference: Option<String>,
    pub request_id: String,
    pub actor: Option<String>,
    pub reason: Option<String>,
    pub created_at_ms: i64,
}

const INSERT: (&str, &str) = (
    "INSERT INTO ledger_entries (user_id, seq, id, kind, bucket, amount, daily_gift_sum, welcome_bonus_sum, paid_sum, used_sum, gift_day,
         reservation_id, build_id, reference, request_id, reason, created_at_ms, actor)
     SELECT $2, (r->>0)::bigint, r->>1, r->>2, r->>3, (r->>4)::bigint, (r->>5)::bigint, (r->>6)::bigint, (r->>7)::bigint, (r->>8)::bigint, $3,
         $4, $5, $6, $7, $8, $9, $10 FROM json_array_elements($1::json) AS r",
    "INSERT INTO ledger_entries (user_id, seq, id, kind, bucket, amount, daily_gift_sum, welcome_bonus_sum, paid_sum, used_sum, gift_day,
         reservation_id, build_id, reference, request_id, reason, created_at_ms, actor)
     SELECT $2, value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8, $3,
         $4, $5, $6, $7, $8, $9, $10 FROM json_each($1)",
);

/// Writes the lines of an operation behind the account's last one, with the sums that they come to. `held` is as it was
/// before them, and is moved on; `day` is the one that the operation leaves the account at.
pub async fn write(tx: &mut Transaction, held: &mut HeldAccount, lines: &[Line], day: i64, told: Told<'_>) -> Result<(), StoreError> {
    held.account.day = day;
    if lines.is_empty() {
        return Ok(());
    }
    let mut rows = Vec::with_capacity(lines.len());
    for line in lines {
        held.last_seq += 1;
        held.account.count(*line);
        let Amounts { daily_gift, welcome_bonus, paid } = held.account.balance;
        let id = format!("{}-{}", told.operation_id, held.last_seq);
        rows.push((held.last_seq, id, line.kind.word(), line.bucket.word(), line.amount, daily_gift, welcome_bonus, paid, held.account.used));
    }
    let rows = serde_json::to_string(&rows).expect("rows are plain");
    let Told { reservation_id, build_id, reference, request_id, reason, actor, .. } = told;
    sql!(tx, execute, INSERT, rows, &held.user_id, day, reservation_id, build_id, reference, request_id, reason, held.at_ms, actor.to_string())?;
    Ok(())
}

/// An account's lines before a place, the newest first, at most `limit`.
pub async fn page(db: &Database, user_id: &str, before_seq: i64, limit: i64) -> Result<Vec<EntryRow>, StoreError> {
    const TEXT: &str = "SELECT seq, id, kind, bucket, amount, reservation_id, build_id, reference, request_id, actor, reason, created_at_ms FROM ledger_entries
         WHERE user_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3";
    Ok(sql!(db, fetch_all as EntryRow, TEXT, user_id, before_seq, limit)?)
}
