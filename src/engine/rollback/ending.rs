//! How a rollback ends. One that fails leaves the working directory as it was: what an attempt got as far as putting in place
//! is taken back before the failure is told.

use super::bring::{Bring, Failure, bring};
use super::take;
use crate::domain::event::{RollbackFailed, RollbackPhase};
use crate::engine::attempt::{Attempt, Ending, hand_back, renewing};
use crate::engine::steps::{StepError, blocking};
use crate::service::rollbacks::RollbackJob;
use crate::service::work::{End, Lost};
use std::sync::Arc;

/// Commits the end, unless the rollback is no longer this node's.
pub(in crate::engine) async fn settle(attempt: &Attempt, ending: Ending) -> Result<&'static str, Lost> {
    let settled = commit(attempt, ending).await;
    attempt.services.progress_changed(&attempt.claim);
    settled
}

async fn commit(attempt: &Attempt, ending: Ending) -> Result<&'static str, Lost> {
    let (services, claim) = (&attempt.services, &attempt.claim);
    let failed = match ending {
        Ending::Steps(Ok(end)) => return services.end(claim, end).await.map(|()| "rolled back"),
        Ending::Steps(Err(StepError::Lost)) | Ending::Lost => return Err(Lost),
        Ending::GivenUp => return Ok(hand_back(attempt).await),
        Ending::Steps(Err(StepError::RollbackFailed(failed))) => *failed,
        Ending::Steps(Err(StepError::Failed(failed) | StepError::Told(failed, _))) => because(failed.reason, failed.recoverable),
        Ending::Steps(Err(StepError::TimedOut)) | Ending::TimedOut => because(Some("timed_out".into()), Some(true)),
        // nobody can ask for it
        Ending::Cancelled(_) => because(Some("internal".into()), Some(true)),
    };
    let target = renewing(attempt, restore(attempt)).await?;
    let target_version_id = failed.target_version_id.or(target);
    let failed = RollbackFailed { duration: Some(services.seconds_since_start(claim)), target_version_id, ..failed };
    services.end(claim, End::Failed(failed.into())).await.map(|()| "rollback failed")
}

fn because(reason: Option<String>, recoverable: Option<bool>) -> RollbackFailed {
    RollbackFailed { reason, duration: None, phase: Some(RollbackPhase::Syncing), target_version_id: None, recoverable }
}

/// Puts back what the preview is going to show again, when the directory has, or may have, the new files already, and removes
/// what was left of them; the version that was to be gone back to.
async fn restore(attempt: &Attempt) -> Option<String> {
    let job = attempt.services.rollback_job(&attempt.claim).await.ok()?;
    if !job.skip_working_directory {
        put_back(attempt, &job).await;
    }
    Some(job.target_version_id)
}

async fn put_back(attempt: &Attempt, job: &RollbackJob) {
    let Ok(directory) = take(attempt).await else { return };
    let tidied = directory.clone();
    if let Ok(Err(error)) = blocking(move || tidied.tidy()).await {
        tracing::warn!(build_id = attempt.claim.build_id, %error, "what a rollback unpacked is left");
    }
    let Some(previous) = &job.previous else { return };
    // one whose version is not known may have been cut off while the new files were put in place
    if !directory.exists() || directory.version().as_deref() == Some(&previous.version_id) {
        return;
    }
    // the attempt is over, but not this
    let what = Bring { artifact: previous, subject: format!("{} again", previous.number), hears: Arc::new(|_| {}), over: Arc::default() };
    match bring(attempt, &directory, what).await {
        Ok(()) | Err(Failure::Lost) => {}
        // it is known to be of another version, and is made anew when it is needed
        Err(Failure::Not(not)) => tracing::error!(build_id = attempt.claim.build_id, ?not, "a working directory was not put back"),
    }
    attempt.clear().await;
}
