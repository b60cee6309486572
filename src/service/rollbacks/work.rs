//! What the engine asks of a rollback: what there is to do, and whom to tell how far it is.

use crate::domain::rollback::RollbackProgress;
use crate::domain::version::Semver;
use crate::service::Services;
use crate::service::work::{Claim, Lost, RETRY_MAX};
use crate::store::StoreError;
use crate::store::rollbacks::{self, RollbackRow};
use crate::store::versions::{self, VersionRow};
use std::time::Duration;

/// A version's artifact, as the working directory needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactRef {
    /// The version.
    pub version_id: String,
    /// Its number, such as `1.2.0`.
    pub number: String,
    /// The object.
    pub key: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, in hex.
    pub sha256: String,
}

/// What a rollback has to do.
#[derive(Debug, Clone)]
pub struct RollbackJob {
    /// The version gone back to.
    pub target_version_id: String,
    /// Its number.
    pub target_number: String,
    /// The version that the rollback makes, with the target's artifact.
    pub version: ArtifactRef,
    /// What the preview showed before, while its artifact is there.
    pub previous: Option<ArtifactRef>,
    /// Whether only the preview moves.
    pub skip_working_directory: bool,
    /// Files that an earlier attempt has told of already.
    pub told_files: i64,
    /// Files of the version, where they were counted.
    pub total_files: i64,
}

impl Services {
    /// Looks up what is to be done. While the database is away it waits: the rollback's own time-out ends that.
    pub async fn rollback_job(&self, claim: &Claim) -> Result<RollbackJob, Lost> {
        let mut wait = Duration::from_millis(50);
        loop {
            match self.try_rollback_job(&claim.build_id).await {
                Ok(Some(job)) => return Ok(job),
                Ok(None) => return Err(Lost),
                Err(error) => {
                    tracing::warn!(build_id = claim.build_id, %error, "a rollback waits for the database");
                    wait = (wait * 2).min(RETRY_MAX);
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }

    async fn try_rollback_job(&self, job_id: &str) -> Result<Option<RollbackJob>, StoreError> {
        let Some(row) = rollbacks::find(&self.inner.db, job_id).await? else { return Ok(None) };
        let previous = match &row.previous_version_id {
            Some(id) => versions::find(&self.inner.db, id).await?.filter(|version| version.artifact_gone.is_none()),
            None => None,
        };
        let told = rollbacks::last_synced(&self.inner.db, job_id).await?;
        let told_files = told.as_deref().and_then(super::progress::steps).map_or(0, |(done, _)| done);
        Ok(Some(job(row, previous, told_files)))
    }

    /// Tells how far a rollback is, to whoever asks here.
    pub fn tell_progress(&self, claim: &Claim, progress: RollbackProgress) {
        self.hear_progress(&claim.build_id, &claim.user_id, progress);
    }

    /// What was told of its progress here is over: whoever asks next is told from the log.
    pub fn progress_changed(&self, claim: &Claim) {
        self.forget_progress(&claim.build_id);
    }

    /// Files after which progress is told anew.
    pub fn progress_interval(&self) -> usize {
        self.inner.settings.progress_files
    }
}

fn job(row: RollbackRow, previous: Option<VersionRow>, told_files: i64) -> RollbackJob {
    let number = |major, minor, patch| Semver { major, minor, patch }.to_string();
    let bytes = |bytes| u64::try_from(bytes).unwrap_or(0);
    RollbackJob {
        target_number: number(row.target_major, row.target_minor, row.target_patch),
        target_version_id: row.target_version_id,
        version: ArtifactRef {
            version_id: row.version_id,
            number: number(row.major, row.minor, row.patch),
            key: row.artifact_key,
            bytes: bytes(row.artifact_bytes),
            sha256: row.artifact_sha256,
        },
        previous: previous.map(|version| ArtifactRef {
            number: version.number().to_string(),
            version_id: version.id,
            key: version.artifact_key,
            bytes: bytes(version.artifact_bytes),
            sha256: version.artifact_sha256,
        }),
        skip_working_directory: row.skip_working_directory,
        told_files,
        total_files: i64::from(row.source_files.unwrap_or(0)),
    }
}
