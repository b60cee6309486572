//! What became of the builds of a time, counted by the database in one statement: all figures are of one moment, and what
//! comes back is as many rows as there are figures, however many builds there are.

use super::database::sql;
use super::{Database, StoreError};
use sqlx::FromRow;

/// What figures are of: builds made, or credits charged, from an instant until before another; of a user, a project, or both.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Chosen<'a> {
    pub begin_ms: i64,
    pub end_ms: i64,
    pub user_id: Option<&'a str>,
    pub project_id: Option<&'a str>,
}

/// A figure. What the words and the number are of follows from `what`:
///
/// | what | place | words | figure |
/// | --- | --- | --- | --- |
/// | `day` | the day | state | builds |
/// | `framework` | | framework | builds |
/// | `failure` | | phase, error code, reason | builds |
/// | `total` | durations | | their sum, milliseconds |
/// | `percentile` | 50, 90, 95 or 99 | | a duration, milliseconds |
#[derive(Debug, Clone, FromRow)]
#[expect(missing_docs, reason = "the table says it")]
pub struct BuildFigure {
    pub what: String,
    pub place: i64,
    pub word: Option<String>,
    pub code: Option<String>,
    pub reason: Option<String>,
    pub figure: i64,
}

/// The statement, over the builds of a filter; the error's code and reason as the dialect reads JSON.
macro_rules! figures {
    ($filter:literal, $code:literal, $reason:literal) => {
        concat!(
            "WITH chosen AS (
                SELECT created_at_ms / 86400000 AS day, current_state AS state, framework, phase,
                    CASE WHEN current_state = 'failed' THEN ",
            $code,
            " END AS code, CASE WHEN current_state = 'failed' THEN ",
            $reason,
            " END AS reason,
                    CASE WHEN current_state = 'deployed' THEN finished_at_ms - COALESCE(started_at_ms, created_at_ms) END AS took_ms
                FROM builds WHERE kind = 'build' AND created_at_ms >= $1 AND created_at_ms < $2 AND ",
            $filter,
            "), ranked AS (
                SELECT took_ms, ROW_NUMBER() OVER (ORDER BY took_ms) AS place, COUNT(*) OVER () AS places FROM chosen WHERE took_ms IS NOT NULL
            ), percents AS (SELECT CAST(50 AS BIGINT) AS percent UNION ALL SELECT 90 UNION ALL SELECT 95 UNION ALL SELECT 99)
            SELECT 'day' AS what, day AS place, state AS word, CAST(NULL AS TEXT) AS code, CAST(NULL AS TEXT) AS reason, COUNT(*) AS figure
                FROM chosen GROUP BY day, state
            UNION ALL SELECT 'framework', CAST(0 AS BIGINT), framework, NULL, NULL, COUNT(*) FROM chosen GROUP BY framework
            UNION ALL SELECT 'failure', CAST(0 AS BIGINT), phase, code, reason, COUNT(*) FROM chosen WHERE state = 'failed' GROUP BY phase, code, reason
            UNION ALL SELECT 'total', COUNT(took_ms), NULL, NULL, NULL, CAST(COALESCE(SUM(took_ms), 0) AS BIGINT) FROM chosen
            -- the smallest duration that so many percent of all do not exceed
            UNION ALL SELECT 'percentile', percent, NULL, NULL, NULL, took_ms FROM ranked JOIN percents ON place = (places * percent + 99) / 100"
        )
    };
}

macro_rules! both {
    ($filter:literal) => {
        (
            figures!($filter, "error::json ->> 'code'", "error::json -> 'params' ->> 'reason'"),
            figures!($filter, "json_extract(error, '$.code')", "json_extract(error, '$.params.reason')"),
        )
    };
}

/// Every figure of these builds.
pub async fn figures(db: &Database, chosen: Chosen<'_>) -> Result<Vec<BuildFigure>, StoreError> {
    // one text for each index, as in the list of builds
    const OF_PROJECT: (&str, &str) = both!("project_id = $3 AND ($4 = '' OR user_id = $4)");
    const OF_USER: (&str, &str) = both!("$3 = '' AND user_id = $4");
    const OF_ALL: (&str, &str) = both!("$3 = '' AND $4 = ''");
    let text = match chosen {
        Chosen { project_id: Some(_), .. } => OF_PROJECT,
        Chosen { user_id: Some(_), .. } => OF_USER,
        _ => OF_ALL,
    };
    let (project_id, user_id) = (chosen.project_id.unwrap_or_default(), chosen.user_id.unwrap_or_default());
    Ok(sql!(db, fetch_all as BuildFigure, text, chosen.begin_ms, chosen.end_ms, project_id, user_id)?)
}
