//! Rollbacks: jobs that make an older version's files the project's again.

use super::database::sql;
use super::{Database, StoreError, Transaction};
use crate::domain::build::BuildState;
use crate::domain::version::Semver;
use sqlx::FromRow;

/// What a new rollback is made of.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the columns are described in the migration")]
pub struct NewRollback<'a> {
    pub job_id: &'a str,
    pub project_id: &'a str,
    pub user_id: &'a str,
    pub target_version_id: &'a str,
    pub version_id: &'a str,
    pub skip_working_directory: bool,
    pub id_source: &'a str,
    pub created_by_service: &'a str,
    pub request_id: Option<&'a str>,
}

/// A rollback, with what its work needs to know.
#[derive(Debug, Clone, FromRow)]
#[expect(missing_docs, reason = "the columns are described in the migrations")]
pub struct RollbackRow {
    pub job_id: String,
    pub project_id: String,
    pub user_id: String,
    pub current_state: String,
    pub error: Option<String>,
    pub finished_at_ms: Option<i64>,
    pub target_version_id: String,
    pub version_id: String,
    pub previous_version_id: Option<String>,
    pub skip_working_directory: bool,
    pub artifact_key: String,
    pub artifact_bytes: i64,
    pub artifact_sha256: String,
    pub source_files: Option<i32>,
    pub major: i32,
    pub minor: i32,
    pub patch: i32,
    pub target_major: i32,
    pub target_minor: i32,
    pub target_patch: i32,
}

const FIND: &str = "SELECT r.job_id, b.project_id, b.user_id, b.current_state, b.error, b.finished_at_ms, r.target_version_id, r.version_id,
        r.previous_version_id, r.skip_working_directory, v.artifact_key, v.artifact_bytes, v.artifact_sha256, v.source_files, v.major, v.minor, v.patch,
        t.major AS target_major, t.minor AS target_minor, t.patch AS target_patch
     FROM rollbacks r JOIN builds b ON b.id = r.job_id JOIN versions v ON v.id = r.version_id JOIN versions t ON t.id = r.target_version_id
     WHERE r.job_id = $1";

/// The rollback with this job, if there is one.
pub async fn find(db: &Database, job_id: &str) -> Result<Option<RollbackRow>, StoreError> {
    Ok(sql!(db, fetch_optional as RollbackRow, FIND, job_id)?)
}

/// A new rollback, queued: its job, its version with the target's artifact, and the preview pointer on it. Its caller holds
/// the project's row, and has made sure that the target may be gone back to.
pub async fn insert(tx: &mut Transaction, rollback: &NewRollback<'_>, number: Semver, now_ms: i64) -> Result<(), StoreError> {
    const JOB: &str = "INSERT INTO builds (id, project_id, user_id, kind, current_state, source_key, id_source, created_by_service, created_at_ms, phase,
            request_id)
         SELECT $1, $2, $3, 'rollback', 'queued', b.source_key, $5, $6, $7, 'rollback', $8
         FROM versions v JOIN builds b ON b.id = v.build_id WHERE v.id = $4";
    const VERSION: &str = "INSERT INTO versions (id, project_id, build_id, major, minor, patch, deploy_status, framework, artifact_key, artifact_bytes,
                               artifact_sha256, source_files, output_files, recommendations, rollback_of, created_at_ms)
         SELECT $1, project_id, $2, $4, $5, $6, 'deploying', framework, artifact_key, artifact_bytes,
                artifact_sha256, source_files, output_files, recommendations, id, $7
         FROM versions WHERE id = $3";
    const ROLLBACK: &str = "INSERT INTO rollbacks (job_id, target_version_id, version_id, previous_version_id, skip_working_directory)
         SELECT $1, $2, $3, preview_version_id, $4 FROM projects WHERE id = $5";
    let NewRollback { job_id, project_id, user_id, target_version_id, version_id, skip_working_directory, id_source, created_by_service, request_id } =
        *rollback;
    sql!(tx, execute, JOB, job_id, project_id, user_id, target_version_id, id_source, created_by_service, now_ms, request_id)?;
    sql!(tx, execute, VERSION, version_id, job_id, target_version_id, number.major, number.minor, number.patch, now_ms)?;
    sql!(tx, execute, ROLLBACK, job_id, target_version_id, version_id, skip_working_directory, project_id)?;
    sql!(tx, execute, "UPDATE projects SET preview_version_id = $2, updated_at_ms = $3 WHERE id = $1", project_id, version_id, now_ms)?;
    Ok(())
}

/// What a rollback's end changes besides its state: its version stands and its source is the project's; or its version has
/// failed, and the preview shows again what it showed before.
pub(super) async fn settle(tx: &mut Transaction, job_id: &str, to: BuildState, now_ms: i64) -> Result<(), StoreError> {
    const VERSION: &str = "UPDATE versions SET deploy_status = $2
         WHERE deploy_status = 'deploying' AND id = (SELECT version_id FROM rollbacks WHERE job_id = $1)";
    const STANDS: &str = "UPDATE builds SET version_id = (SELECT version_id FROM rollbacks WHERE job_id = $1) WHERE id = $1";
    const SOURCE: &str = "UPDATE projects SET source_key = (SELECT source_key FROM builds WHERE id = $1), updated_at_ms = $2
         WHERE id = (SELECT project_id FROM builds WHERE id = $1)";
    const BACK: &str = "UPDATE projects SET preview_version_id = (SELECT previous_version_id FROM rollbacks WHERE job_id = $1), updated_at_ms = $2
         WHERE id = (SELECT project_id FROM builds WHERE id = $1) AND preview_version_id = (SELECT version_id FROM rollbacks WHERE job_id = $1)";
    match to {
        BuildState::Queued | BuildState::Building => {}
        BuildState::Deployed => {
            sql!(tx, execute, VERSION, job_id, "deployed")?;
            sql!(tx, execute, STANDS, job_id)?;
            sql!(tx, execute, SOURCE, job_id, now_ms)?;
        }
        BuildState::Failed | BuildState::Cancelled => {
            sql!(tx, execute, VERSION, job_id, "failed")?;
            sql!(tx, execute, BACK, job_id, now_ms)?;
        }
    }
    Ok(())
}

/// The most files that the log says a rollback wrote, in JSON of its events' params.
pub async fn last_synced(db: &Database, job_id: &str) -> Result<Option<String>, StoreError> {
    const LAST: &str = "SELECT body FROM project_build_events WHERE build_id = $1 AND code = 'ROLLBACK_WORKING_DIR_SYNCING' ORDER BY seq DESC LIMIT 1";
    Ok(sql!(db, fetch_optional as (String,), LAST, job_id)?.map(|(body,)| body))
}
