//! Brings a version's files into the working directory: fetched, checked, unpacked beside it, recorded in the history, and
//! put in place in one step, which only who still holds the lease may take.

use super::NotRolledBack;
use crate::domain::event::RollbackPhase;
use crate::domain::files::CHECKED_LIMITS;
use crate::engine::attempt::Attempt;
use crate::engine::steps::{StepError, blocking};
use crate::engine::working_directory::{Entry, WorkingDirectory, record};
use crate::service::rollbacks::ArtifactRef;
use crate::service::site::SOURCE;
use crate::service::unpack::{UnpackError, unpack};
use crate::service::{ArtifactError, LocalFile, sha256_of_file};
use std::io::{self, ErrorKind};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Between two questions whether the lease still holds, while the database is away.
const ASK_AGAIN: Duration = Duration::from_millis(500);

/// Why a version was not brought.
pub(super) enum Failure {
    /// Another worker has the rollback.
    Lost,
    /// It can't be.
    Not(NotRolledBack),
}

impl From<NotRolledBack> for Failure {
    fn from(not: NotRolledBack) -> Self {
        Self::Not(not)
    }
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Files written, and files in all.
    Written(usize, usize),
    /// All files are written.
    Recording,
}

/// Who hears how far it is. Dropped at the end.
pub(super) type Hears = Arc<dyn Fn(Step) + Send + Sync>;

/// A version to bring, and what the history says of it.
pub(super) struct Bring<'a> {
    pub artifact: &'a ArtifactRef,
    pub subject: String,
    pub hears: Hears,
    /// Set when nobody wants it any more.
    pub over: Arc<AtomicBool>,
}

/// Brings a version.
pub(super) async fn bring(attempt: &Attempt, directory: &Arc<WorkingDirectory>, what: Bring<'_>) -> Result<(), Failure> {
    let Bring { artifact, subject, hears, over } = what;
    let zip = fetch(attempt, artifact).await?;
    let fresh = extract(attempt, directory, zip, hears.clone(), over.clone()).await?;
    hears(Step::Recording);
    remember(attempt, directory, &fresh, subject, over).await?;
    hold(attempt).await?;
    let (directory, version_id) = (directory.clone(), artifact.version_id.clone());
    let put = blocking(move || directory.put(&fresh, &version_id)).await;
    flat(put).map_err(|error| NotRolledBack::fault(RollbackPhase::Syncing, "storage_unavailable", &error).into())
}

/// What a thread came to; that it came to nothing is an error like others.
fn flat<T>(result: Result<io::Result<T>, StepError>) -> io::Result<T> {
    result.unwrap_or_else(|_| Err(io::Error::other("a thread was lost")))
}

/// Where the artifact is, when it is what its version says.
async fn fetch(attempt: &Attempt, artifact: &ArtifactRef) -> Result<LocalFile, NotRolledBack> {
    let phase = RollbackPhase::Downloading;
    let zip = match attempt.services.artifacts().fetch(&artifact.key).await {
        Ok(zip) => zip,
        Err(ArtifactError::Missing(_)) => return Err(NotRolledBack::because(phase, "artifact_missing")),
        Err(error) => return Err(NotRolledBack::fault(phase, "storage_unavailable", &error)),
    };
    let hashed = blocking(move || sha256_of_file(&zip).map(|sha256| (sha256, zip)));
    match flat(hashed.await) {
        Ok((sha256, zip)) if sha256 == artifact.sha256 => Ok(zip),
        Ok((sha256, _)) => {
            tracing::error!(version_id = artifact.version_id, sha256, "an artifact is not what it was");
            Err(NotRolledBack::because(RollbackPhase::Validating, "artifact_corrupt"))
        }
        Err(error) => Err(NotRolledBack::fault(phase, "storage_unavailable", &error)),
    }
}

async fn extract(attempt: &Attempt, directory: &Arc<WorkingDirectory>, zip: LocalFile, hears: Hears, over: Arc<AtomicBool>) -> Result<PathBuf, NotRolledBack> {
    let (directory, interval) = (directory.clone(), attempt.services.progress_interval());
    let name = format!("{}-{}", attempt.claim.build_id, attempt.claim.fencing_token);
    let unpacked = blocking(move || {
        let fresh = directory.fresh(&name)?;
        let mut watch = |done: usize, total: usize| {
            if done.is_multiple_of(interval) || done == total {
                hears(Step::Written(done, total));
            }
            if over.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        unpack(&zip, SOURCE, &fresh, CHECKED_LIMITS, &mut watch).map(|_| fresh)
    });
    let phase = RollbackPhase::Syncing;
    match unpacked.await {
        Ok(Ok(fresh)) => Ok(fresh),
        Ok(Err(UnpackError::Io(error))) => Err(NotRolledBack::fault(phase, "storage_unavailable", &error)),
        Ok(Err(UnpackError::Stopped)) | Err(_) => Err(NotRolledBack { phase, reason: "stopped", recoverable: true }),
        Ok(Err(refused)) => {
            tracing::error!(%refused, "an artifact can't be unpacked");
            Err(NotRolledBack::because(phase, "artifact_refused"))
        }
    }
}

/// The history is for people: a machine without git does without.
async fn remember(attempt: &Attempt, directory: &Arc<WorkingDirectory>, fresh: &Path, subject: String, over: Arc<AtomicBool>) -> Result<(), NotRolledBack> {
    let (directory, files, scratch) = (directory.clone(), fresh.to_path_buf(), attempt.folder.clone());
    let entry = Entry { subject, at_seconds: attempt.services.now_ms() / 1000 };
    let recorded = blocking(move || {
        std::fs::create_dir_all(&scratch)?;
        record(&directory.history(), &files, &entry, &scratch, &over).or_else(|error| {
            let ours = over.load(Ordering::Relaxed) || matches!(error.kind(), ErrorKind::NotFound | ErrorKind::StorageFull) || !directory.history().exists();
            if ours {
                return Err(error);
            }
            tracing::error!(%error, "a history can't be written: it is put aside, and a new one begun");
            directory.put_history_aside()?;
            record(&directory.history(), &files, &entry, &scratch, &over)
        })
    });
    match flat(recorded.await) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            tracing::warn!("git is not installed: working directories have no history");
            Ok(())
        }
        Err(error) => Err(NotRolledBack::fault(RollbackPhase::Syncing, "history_failed", &error)),
    }
}

/// Goes on only while the rollback is this worker's: a node that was frozen must not put old files over new ones.
async fn hold(attempt: &Attempt) -> Result<(), Failure> {
    loop {
        match attempt.services.renew(&attempt.claim).await {
            Ok(true) => return Ok(()),
            Ok(false) => return Err(Failure::Lost),
            Err(error) => {
                tracing::warn!(build_id = attempt.claim.build_id, %error, "a rollback waits for the database");
                tokio::time::sleep(ASK_AGAIN).await;
            }
        }
    }
}
