//! One attempt at one build: its steps, while its lease is renewed by the very task that runs them.

use super::settings::EngineSettings;
use super::steps::{self, StepError};
use crate::domain::event::{BuildFailed, BuildTimeout, EventPayload, EventType, Phase};
use crate::service::Services;
use crate::service::build_log::BuildLog;
use crate::service::work::{Claim, End, Lost, NotRecorded};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a renewal may take before it counts as failed.
const RENEWAL_MAX: Duration = Duration::from_secs(2);
/// How long the outputs of killed commands may take to end: a process that got away may hold one open.
const OUTPUTS_MAX: Duration = Duration::from_secs(1);
/// How long a build that is handed back waits for its log.
const LOG_MAX: Duration = Duration::from_secs(2);

/// An attempt under way, as its steps see it.
pub(super) struct Attempt {
    pub services: Services,
    pub settings: EngineSettings,
    pub claim: Claim,
    /// Holds everything that the attempt writes; removed at its end, whatever happens.
    pub folder: PathBuf,
    /// What its commands print.
    pub log: BuildLog,
    /// Those who read the commands' outputs into the log.
    pub outputs: TaskTracker,
    /// The phase of the step that runs, for whatever ends it.
    phase: Mutex<Phase>,
    /// Set when the steps are over, however they ended: work on other threads stops at its next read.
    over: Arc<AtomicBool>,
}

enum Ending {
    Steps(Result<End, StepError>),
    TimedOut,
    Lost,
    GivenUp,
}

impl Attempt {
    /// Records an event.
    pub async fn emit(&self, payload: impl Into<EventPayload>) -> Result<(), NotRecorded> {
        let payload = payload.into();
        let (place, code) = (payload.place(), payload.code());
        if let Some(phase) = place.phase {
            *self.phase.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = phase;
        }
        self.services.record(&self.claim, payload).await?;
        if place.event_type == EventType::Started {
            self.log.say(self.phase(), code).await;
        }
        Ok(())
    }

    /// The phase of the step that runs.
    pub fn phase(&self) -> Phase {
        *self.phase.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Whether the steps are over, for work on other threads.
    pub fn over(&self) -> Arc<AtomicBool> {
        self.over.clone()
    }

    /// The part of the folder that commands may write.
    pub fn work(&self) -> PathBuf {
        self.folder.join("work")
    }

    /// The project's files as commands see them.
    pub fn source(&self) -> PathBuf {
        self.work().join("source")
    }
}

/// Runs an attempt to its end and commits that end, unless the build is no longer this node's.
pub(super) async fn run(services: Services, settings: EngineSettings, claim: Claim, give_up: CancellationToken) {
    let folder = settings.scratch.join(format!("{}-{}", claim.build_id, claim.fencing_token));
    let log = services.build_log(&claim);
    let outputs = TaskTracker::new();
    let attempt = Attempt { services, settings, claim, folder: folder.clone(), log, outputs, phase: Mutex::new(Phase::Setup), over: Arc::default() };
    tracing::info!(build_id = attempt.claim.build_id, project_id = attempt.claim.project_id, attempt = attempt.claim.attempt, "a build starts");
    let ending = until_over(&attempt, &give_up).await;
    attempt.over.store(true, Ordering::Relaxed);
    remove(folder).await;
    close_log(&attempt, &ending).await;
    let (build_id, done) = (&attempt.claim.build_id, settle(&attempt, ending).await);
    match done {
        Ok(outcome) => tracing::info!(build_id, outcome, "a build ended here"),
        Err(Lost) => tracing::warn!(build_id, "the build went to another worker"),
    }
}

async fn until_over(attempt: &Attempt, give_up: &CancellationToken) -> Ending {
    let mut renewals = interval_at(Instant::now() + attempt.settings.renew, attempt.settings.renew);
    renewals.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let steps = timeout(attempt.settings.build_timeout, async {
        attempt.log.say(Phase::Setup, &format!("BUILD_STARTED attempt={}", attempt.claim.attempt)).await;
        steps::run(attempt).await
    });
    tokio::pin!(steps);
    // dropping the steps kills what they started
    loop {
        tokio::select! {
            result = &mut steps => return result.map_or(Ending::TimedOut, Ending::Steps),
            () = give_up.cancelled() => return Ending::GivenUp,
            _ = renewals.tick() => match timeout(RENEWAL_MAX, attempt.services.renew(&attempt.claim)).await {
                Ok(Ok(true)) => {}
                Ok(Ok(false)) => return Ending::Lost,
                // the fencing token guards what is written; whether the lease holds is asked again
                Ok(Err(error)) => tracing::warn!(build_id = attempt.claim.build_id, %error, "a lease was not renewed"),
                Err(_) => tracing::warn!(build_id = attempt.claim.build_id, "a lease was not renewed in time"),
            },
        }
    }
}

/// Whatever the commands printed is committed before the end that follows it.
async fn close_log(attempt: &Attempt, ending: &Ending) {
    attempt.outputs.close();
    let _ = timeout(OUTPUTS_MAX, attempt.outputs.wait()).await;
    let closed = attempt.log.close(attempt.phase());
    match ending {
        Ending::Steps(Ok(_) | Err(StepError::Failed(_))) | Ending::TimedOut => closed.await,
        // the log of the next worker begins where this one's ends
        Ending::GivenUp => drop(timeout(LOG_MAX, closed).await),
        Ending::Steps(Err(StepError::Lost)) | Ending::Lost => {}
    }
}

async fn settle(attempt: &Attempt, ending: Ending) -> Result<&'static str, Lost> {
    let (services, claim) = (&attempt.services, &attempt.claim);
    let duration = services.seconds_since_start(claim);
    match ending {
        Ending::Steps(Ok(end)) => services.end(claim, end).await.map(|()| "deployed"),
        Ending::Steps(Err(StepError::Lost)) | Ending::Lost => Err(Lost),
        Ending::Steps(Err(StepError::Failed(failed))) => {
            let failed = BuildFailed { duration: Some(duration), phase: Some(failed.phase.unwrap_or_else(|| attempt.phase())), ..*failed };
            services.end(claim, End::Failed(failed.into())).await.map(|()| "failed")
        }
        Ending::TimedOut => services.end(claim, End::Failed(BuildTimeout { duration, phase: Some(attempt.phase()) }.into())).await.map(|()| "timed out"),
        Ending::GivenUp => {
            if let Err(error) = services.hand_back(claim).await {
                tracing::warn!(build_id = claim.build_id, %error, "a build was not handed back: its lease has to end");
            }
            Ok("handed back")
        }
    }
}

async fn remove(folder: PathBuf) {
    let gone = tokio::task::spawn_blocking(move || remove_now(&folder)).await;
    if let Ok(Err(error)) = gone {
        tracing::error!(%error, "a scratch folder was not removed");
    }
}

fn remove_now(folder: &Path) -> std::io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
