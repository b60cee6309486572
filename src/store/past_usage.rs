//! What past builds used of a provider of code, for estimates of those to come.

use super::database::sql;
use super::{Database, StoreError};
use sqlx::FromRow;

/// Past builds that an estimate looks at, the newest.
const LOOKED_AT: i64 = 500;

/// A build that ended well and used a provider.
#[derive(Debug, Clone, Copy, PartialEq, FromRow)]
pub struct UsageRow {
    /// For so many seconds.
    pub ai_seconds: f64,
    /// From so many files, where that is known.
    pub files: Option<i64>,
}

/// The newest of an operation (`build`, `update`) on a framework; without one, of the operation; without either, of all.
pub async fn past(db: &Database, operation: Option<&str>, framework: Option<&str>) -> Result<Vec<UsageRow>, StoreError> {
    const OF_FRAMEWORK: &str = "SELECT ai_seconds, files FROM builds
         WHERE operation = $1 AND framework = $2 AND current_state = 'deployed' AND ai_seconds > 0 ORDER BY finished_at_ms DESC LIMIT $3";
    const OF_OPERATION: &str = "SELECT ai_seconds, files FROM builds
         WHERE operation = $1 AND current_state = 'deployed' AND ai_seconds > 0 ORDER BY finished_at_ms DESC LIMIT $2";
    const OF_ALL: &str = "SELECT ai_seconds, files FROM builds WHERE current_state = 'deployed' AND ai_seconds > 0 ORDER BY finished_at_ms DESC LIMIT $1";
    Ok(match (operation, framework) {
        (Some(operation), Some(framework)) => sql!(db, fetch_all as UsageRow, OF_FRAMEWORK, operation, framework, LOOKED_AT)?,
        (Some(operation), None) => sql!(db, fetch_all as UsageRow, OF_OPERATION, operation, LOOKED_AT)?,
        (None, _) => sql!(db, fetch_all as UsageRow, OF_ALL, LOOKED_AT)?,
    })
}

/// The files that a project's last build began with, where that is known.
pub async fn last_files(db: &Database, project_id: &str) -> Result<Option<i64>, StoreError> {
    const LAST: &str = "SELECT files FROM builds WHERE project_id = $1 AND files IS NOT NULL ORDER BY created_at_ms DESC LIMIT 1";
    Ok(sql!(db, fetch_optional as (i64,), LAST, project_id)?.map(|(files,)| files))
}
