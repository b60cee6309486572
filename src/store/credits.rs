//! Credits that came in, by the payer's reference: each once, for ever.

use super::database::sql;
use super::{StoreError, Transaction};
use sqlx::FromRow;

/// A credit that was made.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct CreditRow {
    pub user_id: String,
    pub credits: i64,
    pub balance_after: i64,
}

/// The credit with this reference.
pub async fn find_within(tx: &mut Transaction, reference: &str) -> Result<Option<CreditRow>, StoreError> {
    const TEXT: &str = "SELECT user_id, credits, balance_after FROM credits WHERE reference = $1";
    Ok(sql!(tx, fetch_optional as CreditRow, TEXT, reference)?)
}

/// A new credit. One with the same reference that commits first makes it fail as one that exists.
pub async fn insert(tx: &mut Transaction, reference: &str, row: &CreditRow, now_ms: i64) -> Result<(), StoreError> {
    const TEXT: &str = "INSERT INTO credits (reference, user_id, credits, balance_after, created_at_ms) VALUES ($1, $2, $3, $4, $5)";
    sql!(tx, execute, TEXT, reference, &row.user_id, row.credits, row.balance_after, now_ms)?;
    Ok(())
}
