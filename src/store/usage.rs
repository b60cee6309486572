//! Credits that were charged in a time, added up by the database in one statement, so that every sum is of one moment.

use super::build_statistics::Chosen;
use super::database::sql;
use super::{Database, StoreError};
use sqlx::FromRow;

/// A sum: of all (`total`), of an `operation`, of a `segment` of users, or of a `day`.
#[derive(Debug, Clone, FromRow)]
#[expect(missing_docs, reason = "the names say it")]
pub struct UsageSum {
    pub what: String,
    /// The operation or segment.
    pub word: String,
    /// The day, days since 1970-01-01.
    pub day: i64,
    pub credits: i64,
    /// Charges: one for each reservation that was paid out of.
    pub charges: i64,
    /// Users that used any.
    pub users: i64,
}

/// Where the numbers come from: a row `(user_id, day, operation, credits)` for each charge, as the transaction that wrote its
/// lines into the ledger left it in its reservation.
macro_rules! used {
    ($filter:literal) => {
        concat!(
            "SELECT r.user_id, r.ended_at_ms / 86400000 AS day, r.operation, r.charged AS credits
            FROM reservations r WHERE r.charged > 0 AND r.ended_at_ms >= $1 AND r.ended_at_ms < $2 AND ",
            $filter
        )
    };
}

/// The sums over all uses.
macro_rules! sums {
    ($filter:literal) => {
        concat!(
            "WITH used AS (",
            used!($filter),
            "), of_users AS (
                SELECT user_id, SUM(credits) AS credits, COUNT(*) AS charges,
                    CASE WHEN SUM(credits) < $5 THEN 'light' WHEN SUM(credits) < $6 THEN 'regular' ELSE 'heavy' END AS segment
                FROM used GROUP BY user_id
            )
            SELECT 'total' AS what, '' AS word, CAST(0 AS BIGINT) AS day, CAST(COALESCE(SUM(credits), 0) AS BIGINT) AS credits, COUNT(*) AS charges,
                COUNT(DISTINCT user_id) AS users FROM used
            UNION ALL SELECT 'operation', operation, CAST(0 AS BIGINT), CAST(SUM(credits) AS BIGINT), COUNT(*), COUNT(DISTINCT user_id)
                FROM used GROUP BY operation
            UNION ALL SELECT 'segment', segment, CAST(0 AS BIGINT), CAST(SUM(credits) AS BIGINT), CAST(SUM(charges) AS BIGINT), COUNT(*)
                FROM of_users GROUP BY segment
            UNION ALL SELECT 'day', '', day, CAST(SUM(credits) AS BIGINT), COUNT(*), COUNT(DISTINCT user_id) FROM used GROUP BY day"
        )
    };
}

/// Every sum of what was charged in this time. Who used fewer than `regular` credits is of the segment `light`, who used `heavy` or more of
/// `heavy`, others of `regular`.
pub async fn sums(db: &Database, chosen: Chosen<'_>, regular: i64, heavy: i64) -> Result<Vec<UsageSum>, StoreError> {
    // one text for each index
    const OF_PROJECT: &str = sums!("r.of_build AND r.build_id IN (SELECT id FROM builds WHERE project_id = $3) AND ($4 = '' OR r.user_id = $4)");
    const OF_USER: &str = sums!("$3 = '' AND r.user_id = $4");
    const OF_ALL: &str = sums!("$3 = '' AND $4 = ''");
    let text = match chosen {
        Chosen { project_id: Some(_), .. } => OF_PROJECT,
        Chosen { user_id: Some(_), .. } => OF_USER,
        _ => OF_ALL,
    };
    let (project_id, user_id) = (chosen.project_id.unwrap_or_default(), chosen.user_id.unwrap_or_default());
    Ok(sql!(db, fetch_all as UsageSum, text, chosen.begin_ms, chosen.end_ms, project_id, user_id, regular, heavy)?)
}
