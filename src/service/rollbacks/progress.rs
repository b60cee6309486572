//! How far rollbacks are: in memory on the node that runs one, else from the log, which every node can read.

use crate::domain::ids::is_id;
use crate::domain::problem::Problem;
use crate::domain::rollback::{RollbackProgress, RollbackStatus, SyncPhase, remaining_text};
use crate::domain::time::iso;
use crate::service::spans::concerns;
use crate::service::{ServiceError, Services};
use crate::store::builds::state_of;
use crate::store::rollbacks::{self, RollbackRow};
use serde::Serialize;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use utoipa::ToSchema;

/// Rollbacks in memory at most: those asked for long ago go first.
const KEPT_MAX: usize = 10_000;
/// How long another node's progress is good for, as the log told it: its events come no faster.
const FROM_LOG_MS: i64 = 250;

/// How far a rollback is, in the former worker's shape.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RollbackProgressView {
    /// Always true.
    pub success: bool,
    /// The rollback's job.
    pub job_id: String,
    /// Where it is.
    pub status: RollbackStatus,
    /// How far.
    pub progress: RollbackProgressFigures,
    /// Why it failed: a stable word.
    #[schema(required)]
    pub error: Option<String>,
}

/// How far a rollback is.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RollbackProgressFigures {
    /// Files of the version, known from the first look on; 0 where the working directory stays as it is.
    pub total_files: i64,
    /// Files written; never fewer than at the look before.
    pub files_processed: i64,
    /// What it does.
    pub current_phase: SyncPhase,
    /// Time until all files are written, as it looks, such as `1m 30s`.
    #[schema(required, example = "1m 30s")]
    pub estimated_time_remaining: Option<String>,
    /// The same in seconds.
    #[schema(required)]
    pub eta_seconds: Option<i64>,
    /// When it ended, well or not, ISO 8601.
    #[schema(required)]
    pub completed_at: Option<String>,
}

/// A rollback as it was last heard of.
#[derive(Debug, Clone)]
struct Heard {
    user_id: String,
    status: RollbackStatus,
    progress: RollbackProgress,
    completed_at_ms: Option<i64>,
    error: Option<String>,
    /// Until when this may be told without a look at the database, epoch milliseconds.
    good_until_ms: i64,
}

/// What this node knows of rollbacks.
#[derive(Debug, Default)]
pub(in crate::service) struct ProgressCache(Mutex<HashMap<String, Heard>>);

impl ProgressCache {
    fn get(&self, job_id: &str, now_ms: i64) -> Option<Heard> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(job_id).filter(|heard| now_ms <= heard.good_until_ms).cloned()
    }

    fn keep(&self, job_id: &str, heard: Heard, now_ms: i64) -> Heard {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MAX {
            kept.retain(|_, heard| now_ms <= heard.good_until_ms);
        }
        let progress = kept.get(job_id).map_or(heard.progress, |before| before.progress.or_later(heard.progress));
        let heard = Heard { progress, ..heard };
        // full of rollbacks under way: this one is looked up each time
        if kept.len() < KEPT_MAX || kept.contains_key(job_id) {
            kept.insert(job_id.to_owned(), heard.clone());
        }
        heard
    }
}

impl Services {
    /// How far a rollback is; `user_id`, when given, must be its owner's.
    pub async fn rollback_progress(&self, job_id: &str, user_id: Option<&str>) -> Result<RollbackProgressView, ServiceError> {
        let now_ms = self.now_ms();
        let in_memory = self.inner.progress.get(job_id, now_ms);
        self.inner.metrics.progress_asked(in_memory.is_some());
        let heard = match in_memory {
            Some(heard) => heard,
            None => {
                let heard = self.look_up(job_id, now_ms).await?;
                self.inner.progress.keep(job_id, heard, now_ms)
            }
        };
        if user_id.is_some_and(|user| user != heard.user_id) {
            return Err(Problem::not_found("rollback").into());
        }
        Ok(view(job_id, heard))
    }

    async fn look_up(&self, job_id: &str, now_ms: i64) -> Result<Heard, ServiceError> {
        let row = if is_id(job_id) { rollbacks::find(&self.inner.db, job_id).await? } else { None };
        let row = row.ok_or_else(|| Problem::not_found("rollback"))?;
        concerns(&row.project_id, None);
        let synced = rollbacks::last_synced(&self.inner.db, job_id).await?;
        Ok(heard(row, synced.as_deref(), now_ms, self.inner.settings.progress_ttl_ms)?)
    }

    /// Tells whoever asks here how far a rollback is.
    pub(super) fn hear_progress(&self, job_id: &str, user_id: &str, progress: RollbackProgress) {
        let now_ms = self.now_ms();
        self.inner.metrics.progress_told();
        let good_until_ms = now_ms + self.inner.settings.progress_ttl_ms;
        let heard = Heard { user_id: user_id.to_owned(), status: RollbackStatus::InProgress, progress, completed_at_ms: None, error: None, good_until_ms };
        self.inner.progress.keep(job_id, heard, now_ms);
    }

    /// What is in memory is not right any more: the next look is at the database.
    pub(super) fn forget_progress(&self, job_id: &str) {
        let mut kept = self.inner.progress.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(heard) = kept.get_mut(job_id) {
            heard.good_until_ms = 0;
        }
    }
}

fn heard(row: RollbackRow, synced: Option<&str>, now_ms: i64, ttl_ms: i64) -> Result<Heard, crate::store::StoreError> {
    let status = RollbackStatus::from(state_of(&row.current_state)?);
    // where the working directory stays, there are none to write
    let files = if row.skip_working_directory { 0 } else { i64::from(row.source_files.unwrap_or(0)) };
    let (done, total) = synced.and_then(steps).unwrap_or((0, files));
    let phase = match status {
        RollbackStatus::Completed => SyncPhase::Complete,
        RollbackStatus::Failed => SyncPhase::Failed,
        RollbackStatus::InProgress if synced.is_none() => SyncPhase::Downloading,
        RollbackStatus::InProgress if done == total => SyncPhase::GitCommit,
        RollbackStatus::InProgress => SyncPhase::Extracting,
    };
    Ok(Heard {
        user_id: row.user_id,
        status,
        progress: RollbackProgress { phase, total_files: total, files_processed: done, eta_seconds: None },
        completed_at_ms: row.finished_at_ms,
        error: row.error.as_deref().and_then(reason),
        // what has ended does not change any more
        good_until_ms: now_ms + if status == RollbackStatus::InProgress { FROM_LOG_MS } else { ttl_ms },
    })
}

/// Files written, and files in all, of an event that tells them.
pub(super) fn steps(event: &str) -> Option<(i64, i64)> {
    let event: serde_json::Value = serde_json::from_str(event).ok()?;
    let params = event.get("params")?;
    Some((params.get("step")?.as_i64()?, params.get("total")?.as_i64()?))
}

fn reason(error: &str) -> Option<String> {
    let error: serde_json::Value = serde_json::from_str(error).ok()?;
    Some(error.get("params")?.get("reason")?.as_str()?.to_owned())
}

fn view(job_id: &str, heard: Heard) -> RollbackProgressView {
    let progress = heard.progress;
    RollbackProgressView {
        success: true,
        job_id: job_id.to_owned(),
        status: heard.status,
        progress: RollbackProgressFigures {
            total_files: progress.total_files,
            files_processed: progress.files_processed,
            current_phase: progress.phase,
            estimated_time_remaining: remaining_text(progress.eta_seconds),
            eta_seconds: progress.eta_seconds,
            completed_at: heard.completed_at_ms.map(iso),
        },
        error: heard.error,
    }
}
