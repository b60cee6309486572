//! What the queue looks like: places in the fair order, and what is known of how long builds take.

use super::database::{json_list, sql};
use super::{Database, StoreError, Transaction};
use sqlx::FromRow;
use std::collections::HashMap;

/// Waiting jobs that a forecast looks at, at most.
pub const FORECAST_MAX: i64 = 1000;

/// A waiting job's place, and what was told of it.
#[derive(Debug, Clone, FromRow)]
#[expect(missing_docs, reason = "the columns are described in the migrations")]
pub struct Place {
    pub build_id: String,
    pub project_id: String,
    /// `build` or `rollback`.
    pub kind: String,
    pub told_position: i64,
    pub estimated_seconds: Option<f64>,
}

/// A build under way.
#[derive(Debug, Clone, FromRow)]
#[expect(missing_docs, reason = "the columns are described in the migrations")]
pub struct UnderWay {
    pub build_id: String,
    pub started_at_ms: Option<i64>,
    pub estimated_seconds: Option<f64>,
}

// a delayed job stands behind all that wait
const POSITION: &str = "SELECT CASE m.state WHEN 'ready' THEN
            (SELECT COUNT(*) FROM jobs o WHERE o.due AND o.state = 'ready' AND (-o.priority, o.round, o.build_id) <= (-m.priority, m.round, m.build_id))
        ELSE (SELECT COUNT(*) + 1 FROM jobs o WHERE o.due AND o.state = 'ready') END
    FROM jobs m WHERE m.build_id = $1 AND m.state <> 'leased'";

/// A waiting job's place in the fair order, from 1; none when it does not wait.
pub async fn position(db: &Database, build_id: &str) -> Result<Option<i64>, StoreError> {
    Ok(sql!(db, fetch_optional as (i64,), POSITION, build_id)?.map(|(place,)| place))
}

/// A new job's place in the fair order, from 1, as its transaction sees it.
pub async fn position_within(tx: &mut Transaction, build_id: &str) -> Result<i64, StoreError> {
    Ok(sql!(tx, fetch_optional as (i64,), POSITION, build_id)?.map_or(1, |(place,)| place))
}

/// The places of those of these builds' jobs that wait.
pub async fn positions(db: &Database, build_ids: impl Iterator<Item = &str>) -> Result<HashMap<String, i64>, StoreError> {
    let texts = (
        "SELECT build_id, place FROM (SELECT build_id, CASE state WHEN 'ready' THEN ROW_NUMBER() OVER (ORDER BY state DESC, -priority, round, build_id)
             ELSE 1 + (SELECT COUNT(*) FROM jobs WHERE state = 'ready') END AS place FROM jobs WHERE state <> 'leased') AS waiting
         WHERE build_id IN (SELECT json_array_elements_text($1::json))",
        "SELECT build_id, place FROM (SELECT build_id, CASE state WHEN 'ready' THEN ROW_NUMBER() OVER (ORDER BY state DESC, -priority, round, build_id)
             ELSE 1 + (SELECT COUNT(*) FROM jobs WHERE state = 'ready') END AS place FROM jobs WHERE state <> 'leased') AS waiting
         WHERE build_id IN (SELECT value FROM json_each($1))",
    );
    Ok(sql!(db, fetch_all as (String, i64), texts, json_list(build_ids))?.into_iter().collect())
}

/// The waiting jobs in the fair order, as many as a forecast looks at.
pub async fn waiting(db: &Database) -> Result<Vec<Place>, StoreError> {
    const WAITING: &str = "SELECT build_id, project_id, kind, told_position, estimated_seconds FROM jobs
         WHERE due AND state = 'ready' ORDER BY -priority, round, build_id LIMIT $1";
    Ok(sql!(db, fetch_all as Place, WAITING, FORECAST_MAX)?)
}

/// The builds under way.
pub async fn under_way(db: &Database) -> Result<Vec<UnderWay>, StoreError> {
    const LEASED: &str = "SELECT build_id, started_at_ms, estimated_seconds FROM jobs WHERE due AND state = 'leased' LIMIT $1";
    Ok(sql!(db, fetch_all as UnderWay, LEASED, FORECAST_MAX)?)
}

/// How many jobs wait (delayed ones too), and how many are under way.
pub async fn depth(db: &Database) -> Result<(i64, i64), StoreError> {
    const DEPTH: &str = "SELECT (SELECT COUNT(*) FROM jobs WHERE state <> 'leased'), (SELECT COUNT(*) FROM jobs WHERE state = 'leased')";
    Ok(sql!(db, fetch_one as (i64, i64), DEPTH)?)
}

/// Marks a waiting job as told of its new place; false when it no longer waits, or another node told it.
pub async fn tell(tx: &mut Transaction, build_id: &str, before: i64, now: i64) -> Result<bool, StoreError> {
    const TELL: &str = "UPDATE jobs SET told_position = $3 WHERE build_id = $1 AND state = 'ready' AND told_position = $2";
    Ok(sql!(tx, execute, TELL, build_id, before, now)? == 1)
}

/// Seconds that the last builds which ended well took: of the project, else of the framework, else of all, newest first.
pub async fn past_seconds(db: &Database, project_id: Option<&str>, framework: Option<&str>) -> Result<Vec<f64>, StoreError> {
    const OF_PROJECT: &str = "SELECT CAST(finished_at_ms - started_at_ms AS DOUBLE PRECISION) / 1000 FROM builds
         WHERE project_id = $1 AND current_state = 'deployed' AND kind = 'build' ORDER BY created_at_ms DESC LIMIT 20";
    const OF_FRAMEWORK: &str = "SELECT CAST(finished_at_ms - started_at_ms AS DOUBLE PRECISION) / 1000 FROM builds
         WHERE framework = $1 AND current_state = 'deployed' ORDER BY finished_at_ms DESC LIMIT 50";
    const OF_ALL: &str = "SELECT CAST(finished_at_ms - started_at_ms AS DOUBLE PRECISION) / 1000 FROM builds
         WHERE current_state = 'deployed' AND kind = 'build' ORDER BY created_at_ms DESC, id DESC LIMIT 50";
    let mut rows = Vec::new();
    if let Some(id) = project_id {
        rows = sql!(db, fetch_all as (f64,), OF_PROJECT, id)?;
    }
    if let Some(framework) = framework.filter(|_| rows.is_empty()) {
        rows = sql!(db, fetch_all as (f64,), OF_FRAMEWORK, framework)?;
    }
    if rows.is_empty() {
        rows = sql!(db, fetch_all as (f64,), OF_ALL)?;
    }
    Ok(rows.into_iter().map(|(seconds,)| seconds).collect())
}

/// The framework of a project's last build that ended well.
pub async fn last_framework(db: &Database, project_id: &str) -> Result<Option<String>, StoreError> {
    const LAST: &str = "SELECT framework FROM builds WHERE project_id = $1 AND framework IS NOT NULL ORDER BY created_at_ms DESC LIMIT 1";
    Ok(sql!(db, fetch_optional as (String,), LAST, project_id)?.map(|(framework,)| framework))
}

/// Keeps with a build what its queue told of it.
pub async fn set_estimate(tx: &mut Transaction, build_id: &str, start_ms: Option<i64>, seconds: Option<f64>, position: i64) -> Result<(), StoreError> {
    const OF_BUILD: &str = "UPDATE builds SET estimated_start_ms = $2, estimated_seconds = $3 WHERE id = $1";
    const OF_JOB: &str = "UPDATE jobs SET estimated_start_ms = $2, estimated_seconds = $3, told_position = $4 WHERE build_id = $1";
    sql!(tx, execute, OF_BUILD, build_id, start_ms, seconds)?;
    sql!(tx, execute, OF_JOB, build_id, start_ms, seconds, position)?;
    Ok(())
}
