//! The progress of a rollback, in the words of the former worker's progress endpoint: how far it is, and how long it will
//! take.

use crate::domain::build::BuildState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a rollback does to the working directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SyncPhase {
    /// It waits for a worker, or its artifact is fetched and checked.
    Downloading,
    /// Files are written.
    Extracting,
    /// All files are there: they go into the project's history, and take the old ones' place.
    GitCommit,
    /// It is done.
    Complete,
    /// It failed; all is as it was before.
    Failed,
}

/// Where a rollback is, in the words of the former worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RollbackStatus {
    /// It has not ended.
    InProgress,
    /// It ended well.
    Completed,
    /// It failed.
    Failed,
}

impl From<BuildState> for RollbackStatus {
    fn from(state: BuildState) -> Self {
        match state {
            BuildState::Queued | BuildState::Building => Self::InProgress,
            BuildState::Deployed => Self::Completed,
            BuildState::Failed | BuildState::Cancelled => Self::Failed,
        }
    }
}

/// How far a rollback is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RollbackProgress {
    /// What it does.
    pub phase: SyncPhase,
    /// Files of the version.
    pub total_files: i64,
    /// Files written.
    pub files_processed: i64,
    /// Seconds until they all are, as it looks; none when there is nothing to judge by.
    pub eta_seconds: Option<i64>,
}

impl RollbackProgress {
    /// Progress of a rollback that nothing was written of yet.
    pub const fn begun(total_files: i64) -> Self {
        Self { phase: SyncPhase::Downloading, total_files, files_processed: 0, eta_seconds: None }
    }

    /// The later of two looks, file by file: what was told of a rollback is never taken back, also not by an attempt that
    /// begins anew.
    pub fn or_later(self, other: Self) -> Self {
        let files_processed = self.files_processed.max(other.files_processed);
        let newer = if other.phase >= self.phase { other } else { self };
        Self { files_processed, ..newer }
    }
}

/// Seconds until all files are written, when `done` of `total` took so long; none before the first.
pub fn eta_seconds(done: i64, total: i64, elapsed_seconds: f64) -> Option<i64> {
    let left = (total - done).max(0);
    if done <= 0 || !elapsed_seconds.is_finite() || elapsed_seconds < 0.0 {
        return None;
    }
    Some((left as f64 * elapsed_seconds / done as f64).ceil() as i64)
}

/// Seconds as the former worker wrote them, such as `1m 30s`; none when there are none.
pub fn remaining_text(eta_seconds: Option<i64>) -> Option<String> {
    let seconds = eta_seconds.filter(|seconds| *seconds > 0)?;
    Some(format!("{}m {}s", seconds / 60, seconds % 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_takes_as_long_a_file_as_what_is_done() {
        assert_eq!(eta_seconds(0, 100, 1.0), None);
        assert_eq!(eta_seconds(25, 100, 1.0), Some(3));
        assert_eq!(eta_seconds(99, 100, 1.0), Some(1));
        assert_eq!(eta_seconds(100, 100, 1.0), Some(0));
        assert_eq!(eta_seconds(1, 2, f64::NAN), None);
        let texts = [(None, None), (Some(0), None), (Some(45), Some("0m 45s")), (Some(90), Some("1m 30s")), (Some(3600), Some("60m 0s"))];
        texts.iter().for_each(|(eta, text)| assert_eq!(remaining_text(*eta).as_deref(), *text));
    }

    #[test]
    fn what_was_told_is_not_taken_back_by_an_attempt_that_begins_anew() {
        let far = RollbackProgress { phase: SyncPhase::Extracting, total_files: 10, files_processed: 7, eta_seconds: Some(1) };
        let again = RollbackProgress::begun(10);
        assert_eq!(far.or_later(again), far);
        let extracting = RollbackProgress { files_processed: 2, eta_seconds: Some(5), ..far };
        assert_eq!(far.or_later(extracting), RollbackProgress { files_processed: 7, ..extracting });
        let failed = RollbackProgress { phase: SyncPhase::Failed, files_processed: 0, ..far };
        assert_eq!(far.or_later(failed), RollbackProgress { files_processed: 7, ..failed });
    }
}
