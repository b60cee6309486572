//! The work of a rollback: its preview shows the old version already; here the working directory follows. It is changed in
//! one step, as the last thing before the end is committed.

mod bring;
mod ending;

pub(super) use ending::settle;

use super::attempt::Attempt;
use super::steps::StepError;
use super::working_directory::WorkingDirectory;
use crate::domain::event::{RollbackArtifactDownloading, RollbackCompleted, RollbackFailed, RollbackPhase, RollbackWorkingDirSyncing};
use crate::domain::rollback::{RollbackProgress, SyncPhase, eta_seconds};
use crate::service::rollbacks::RollbackJob;
use crate::service::work::End;
use bring::{Bring, Failure, Hears, Step, bring};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// Between two events that tell how many files are written.
const EVENTS_EVERY: Duration = Duration::from_millis(250);

/// Why a rollback can't go on.
#[derive(Debug)]
pub(super) struct NotRolledBack {
    phase: RollbackPhase,
    reason: &'static str,
    recoverable: bool,
}

impl NotRolledBack {
    /// What another try would meet again.
    const fn because(phase: RollbackPhase, reason: &'static str) -> Self {
        Self { phase, reason, recoverable: false }
    }

    /// A fault of this server, which another try may not meet.
    fn fault(phase: RollbackPhase, reason: &'static str, error: &dyn std::fmt::Display) -> Self {
        tracing::error!(reason, %error, "a rollback meets a fault of this server");
        Self { phase, reason, recoverable: true }
    }

    fn told(self, job: &RollbackJob) -> StepError {
        StepError::RollbackFailed(Box::new(RollbackFailed {
            reason: Some(self.reason.into()),
            duration: None,
            phase: Some(self.phase),
            target_version_id: Some(job.target_version_id.clone()),
            recoverable: Some(self.recoverable),
        }))
    }
}

/// Does all of it, and says how the rollback ends.
pub(super) async fn run(attempt: &Attempt) -> Result<End, StepError> {
    let job = attempt.services.rollback_job(&attempt.claim).await.map_err(|_| StepError::Lost)?;
    if attempt.claim.exhausted {
        return Err(NotRolledBack { phase: RollbackPhase::Syncing, reason: "attempts_exhausted", recoverable: true }.told(&job));
    }
    if !job.skip_working_directory {
        let directory = take(attempt).await.map_err(|not| not.told(&job))?;
        if directory.version().as_deref() != Some(&job.version.version_id) {
            catch_up(attempt, &directory, &job).await?;
            sync(attempt, &directory, &job).await?;
        } else if job.told_files < job.total_files {
            // an earlier attempt got as far as this, and could not tell
            attempt.emit(syncing(job.total_files, job.total_files)).await?;
        }
    }
    let completed = RollbackCompleted {
        target_version_id: job.target_version_id.clone(),
        rollback_version_id: job.version.version_id.clone(),
        duration: attempt.services.seconds_since_start(&attempt.claim),
        working_dir_synced: !job.skip_working_directory,
        preview_url_updated: true,
    };
    Ok(End::RolledBack(completed.into()))
}

async fn take(attempt: &Attempt) -> Result<Arc<WorkingDirectory>, NotRolledBack> {
    let taken = attempt.settings.projects.take(&attempt.claim.project_id).await;
    taken.map(Arc::new).map_err(|error| NotRolledBack::fault(RollbackPhase::Syncing, "storage_unavailable", &error))
}

/// A directory that is missing, or older than what the preview showed before, is brought to that first: the history is to
/// show what the rollback changed, and a rollback that fails is to leave the project's last files.
async fn catch_up(attempt: &Attempt, directory: &Arc<WorkingDirectory>, job: &RollbackJob) -> Result<(), StepError> {
    let Some(previous) = job.previous.as_ref().filter(|previous| directory.version().as_deref() != Some(&previous.version_id)) else { return Ok(()) };
    let what = Bring { artifact: previous, subject: previous.number.clone(), hears: Arc::new(|_| {}), over: attempt.over() };
    match bring(attempt, directory, what).await {
        Ok(()) => Ok(()),
        Err(Failure::Lost) => Err(StepError::Lost),
        // the rollback is what was asked for
        Err(Failure::Not(not)) => {
            tracing::warn!(build_id = attempt.claim.build_id, reason = not.reason, "the working directory was not brought up to date first");
            Ok(())
        }
    }
}

async fn sync(attempt: &Attempt, directory: &Arc<WorkingDirectory>, job: &RollbackJob) -> Result<(), StepError> {
    attempt.emit(RollbackArtifactDownloading { artifact_size: job.version.bytes }).await?;
    attempt.services.tell_progress(&attempt.claim, RollbackProgress { files_processed: job.told_files, ..RollbackProgress::begun(job.total_files) });
    let (written, mut news) = watch::channel(None);
    let in_log = Arc::new(AtomicI64::new(job.told_files));
    let subject = format!("{} goes back to {}", job.version.number, job.target_number);
    // the telling ends when nobody is left who would say more
    let what = Bring { artifact: &job.version, subject, hears: hearing(attempt, job, written, in_log.clone()), over: attempt.over() };
    let bringing = bring(attempt, directory, what);
    let telling = async {
        let (mut told, mut last) = (job.told_files - 1, None::<Instant>);
        while news.changed().await.is_ok() {
            let all = news.borrow().is_some_and(|(done, total)| done == total);
            if all || last.is_none_or(|last| last.elapsed() >= EVENTS_EVERY) {
                told = tell(attempt, &news, told).await?;
                in_log.fetch_max(told, Ordering::Relaxed);
                if all {
                    let progress = RollbackProgress { phase: SyncPhase::GitCommit, total_files: told, files_processed: told, eta_seconds: Some(0) };
                    attempt.services.tell_progress(&attempt.claim, progress);
                }
                last = Some(Instant::now());
            }
        }
        tell(attempt, &news, told).await.map(drop)
    };
    let (brought, told) = tokio::join!(bringing, telling);
    match brought {
        Ok(()) => told,
        Err(Failure::Lost) => Err(StepError::Lost),
        Err(Failure::Not(not)) => Err(not.told(job)),
    }
}

/// Passes on how far it is: to those who tell it in the log, and to whoever asks on this node. Who asks is told no more files
/// than the log has: another node, or this one after a kill, knows no more, and what was told is not taken back.
fn hearing(attempt: &Attempt, job: &RollbackJob, written: watch::Sender<Option<(i64, i64)>>, in_log: Arc<AtomicI64>) -> Hears {
    let (services, claim, begun, all) = (attempt.services.clone(), attempt.claim.clone(), Instant::now(), job.total_files);
    Arc::new(move |step| {
        let files_processed = in_log.load(Ordering::Relaxed);
        let progress = match step {
            Step::Written(done, total) => {
                let (done, total) = (i64::try_from(done).unwrap_or(i64::MAX), i64::try_from(total).unwrap_or(i64::MAX));
                written.send_replace(Some((done, total)));
                let eta_seconds = eta_seconds(done, total, begun.elapsed().as_secs_f64());
                RollbackProgress { phase: SyncPhase::Extracting, total_files: total, files_processed, eta_seconds }
            }
            Step::Recording => RollbackProgress { phase: SyncPhase::GitCommit, total_files: all, files_processed, eta_seconds: Some(0) },
        };
        services.tell_progress(&claim, progress);
    })
}

/// Tells how many files are written, when that is more than was told before; what has been told then.
async fn tell(attempt: &Attempt, news: &watch::Receiver<Option<(i64, i64)>>, told: i64) -> Result<i64, StepError> {
    let Some((done, total)) = *news.borrow() else { return Ok(told) };
    if done <= told {
        return Ok(told);
    }
    attempt.emit(syncing(done, total)).await?;
    Ok(done)
}

fn syncing(done: i64, total: i64) -> RollbackWorkingDirSyncing {
    RollbackWorkingDirSyncing { step: u64::try_from(done).unwrap_or(0), total: u64::try_from(total).unwrap_or(0) }
}
