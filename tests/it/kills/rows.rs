//! What the database holds in the end.

use sqlx::{Connection, FromRow, PgConnection, SqliteConnection};

#[derive(Debug, Clone, FromRow)]
pub struct Build {
    pub id: String,
    pub project_id: String,
    pub current_state: String,
    pub last_seq: i64,
    pub version_id: Option<String>,
}

#[derive(Debug, Clone, FromRow)]
pub struct Event {
    pub build_id: String,
    pub seq: i64,
    pub project_id: String,
    pub project_seq: i64,
    pub event_id: String,
    pub code: String,
    pub finished: bool,
    pub body: String,
}

#[derive(Debug, Clone, FromRow)]
pub struct Project {
    pub id: String,
    pub last_seq: i64,
    pub preview_version_id: Option<String>,
}

#[derive(Debug, Clone, FromRow)]
pub struct Version {
    pub id: String,
    pub project_id: String,
    pub build_id: String,
    pub deploy_status: String,
    pub artifact_key: String,
    pub artifact_sha256: String,
}

/// A line of a build's log.
#[derive(Debug, Clone, FromRow)]
pub struct Line {
    pub build_id: String,
    pub seq: i64,
    pub finished: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Rows {
    pub builds: Vec<Build>,
    /// In the order of builds, then of `seq`.
    pub events: Vec<Event>,
    /// In the order of builds, then of `seq`.
    pub lines: Vec<Line>,
    pub projects: Vec<Project>,
    pub versions: Vec<Version>,
    /// The builds of jobs.
    pub jobs: Vec<String>,
    /// The objects of sources.
    pub sources: Vec<String>,
}

macro_rules! read {
    ($connection:expr) => {{
        let connection = $connection;
        Rows {
            builds: sqlx::query_as("SELECT id, project_id, current_state, last_seq, version_id FROM builds ORDER BY id")
                .fetch_all(&mut *connection)
                .await
                .unwrap(),
            events: sqlx::query_as(
                "SELECT build_id, seq, project_id, project_seq, event_id, code, finished, body FROM project_build_events ORDER BY build_id, seq",
            )
            .fetch_all(&mut *connection)
            .await
            .unwrap(),
            lines: sqlx::query_as("SELECT build_id, seq, finished FROM build_logs ORDER BY build_id, seq").fetch_all(&mut *connection).await.unwrap(),
            projects: sqlx::query_as("SELECT id, last_seq, preview_version_id FROM projects ORDER BY id").fetch_all(&mut *connection).await.unwrap(),
            versions: sqlx::query_as("SELECT id, project_id, build_id, deploy_status, artifact_key, artifact_sha256 FROM versions ORDER BY id")
                .fetch_all(&mut *connection)
                .await
                .unwrap(),
            jobs: sqlx::query_scalar("SELECT build_id FROM jobs").fetch_all(&mut *connection).await.unwrap(),
            sources: sqlx::query_scalar("SELECT source_key FROM builds UNION SELECT source_key FROM projects").fetch_all(&mut *connection).await.unwrap(),
        }
    }};
}

/// Reads all of it.
pub async fn read(database_url: &str) -> Rows {
    if database_url.starts_with("sqlite") {
        read!(&mut SqliteConnection::connect(database_url).await.unwrap())
    } else {
        read!(&mut PgConnection::connect(database_url).await.unwrap())
    }
}

/// Builds that have not ended.
pub async fn active(database_url: &str) -> i64 {
    const ACTIVE: &str = "SELECT COUNT(*) FROM builds WHERE current_state IN ('queued', 'building')";
    if database_url.starts_with("sqlite") {
        sqlx::query_scalar(ACTIVE).fetch_one(&mut SqliteConnection::connect(database_url).await.unwrap()).await.unwrap()
    } else {
        sqlx::query_scalar(ACTIVE).fetch_one(&mut PgConnection::connect(database_url).await.unwrap()).await.unwrap()
    }
}
