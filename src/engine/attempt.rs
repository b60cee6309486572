//! One attempt at one build: its steps, while its lease is renewed by the very task that runs them.

use super::cancels::{Cancels, Listening};
use super::command::Handle;
use super::rollback;
use super::scratch;
use super::settings::EngineSettings;
use super::steps::{self, StepError, THREADS};
use super::users::Users;
use crate::domain::event::{BuildCancelled, BuildFailed, BuildTimeout, EventPayload, EventType, Phase};
use crate::domain::time::seconds_between;
use crate::service::Services;
use crate::service::build_log::BuildLog;
use crate::service::work::{Claim, End, Lost, NotRecorded};
use futures_util::FutureExt;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
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

/// The grace of commands at the end of a drain, which has not much time left.
const DRAIN_GRACE_MAX: Duration = Duration::from_secs(1);

/// An attempt under way, as its steps see it.
pub(super) struct Attempt {
    pub services: Services,
    pub settings: EngineSettings,
    pub claim: Claim,
    /// Holds everything that the attempt writes; removed at its end, whatever happens.
    pub folder: PathBuf,
    /// Who its commands run as, where that is not the server's own user.
    pub user: Option<u32>,
    /// The commands that it started and that may run.
    commands: Mutex<Vec<Handle>>,
    /// Work of its steps on other threads, which can't be dropped.
    threads: TaskTracker,
    /// What its commands print.
    pub log: BuildLog,
    /// Those who read the commands' outputs into the log.
    pub outputs: TaskTracker,
    /// The phase of the step that runs, for whatever ends it.
    phase: Mutex<Phase>,
    /// Set when the steps are over, however they ended: work on other threads stops at its next read.
    over: Arc<AtomicBool>,
}

pub(super) enum Ending {
    Steps(Result<End, StepError>),
    TimedOut,
    /// On request, made at this time, epoch milliseconds.
    Cancelled(i64),
    Lost,
    GivenUp,
}

impl Attempt {
    /// Records an event.
    pub async fn emit(&self, payload: impl Into<EventPayload>) -> Result<(), NotRecorded> {
        let payload = payload.into();
        let (place, code) = (payload.place(), payload.code());
        if let Some(phase) = place.phase {
            *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = phase;
        }
        self.services.record(&self.claim, payload).await?;
        if place.event_type == EventType::Started {
            self.log.say(self.phase(), code).await;
        }
        Ok(())
    }

    /// The phase of the step that runs.
    pub fn phase(&self) -> Phase {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whatever the commands printed is committed before the end that follows it, as far as there is time for it.
    async fn close_log(&self, within: Duration) {
        self.outputs.close();
        let _ = timeout(OUTPUTS_MAX.min(within), self.outputs.wait()).await;
        let _ = timeout(within, self.log.close(self.phase())).await;
    }

    /// Whether the steps are over, for work on other threads.
    pub fn over(&self) -> Arc<AtomicBool> {
        self.over.clone()
    }

    /// Keeps a command in mind, so that it ends with the attempt.
    pub fn runs(&self, command: Handle) {
        let mut commands = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
        commands.retain(|command| !command.ended());
        commands.push(command);
    }

    /// Stops what commands still run, and returns when nothing of them is left.
    async fn stop(&self, grace: Duration) {
        self.over.store(true, Ordering::Relaxed);
        let commands = std::mem::take(&mut *self.commands.lock().unwrap_or_else(PoisonError::into_inner));
        for command in commands {
            command.stop(grace).await;
        }
    }

    /// Waits for work on other threads, then removes the folder, into which nobody writes any more.
    pub(super) async fn clear(&self) {
        self.threads.close();
        self.threads.wait().await;
        let folder = self.folder.clone();
        let gone = tokio::task::spawn_blocking(move || scratch::remove(&folder)).await;
        if let Ok(Err(error)) = gone {
            tracing::error!(%error, "a scratch folder was not removed");
        }
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

/// Runs an attempt to its end and commits that end, unless the build is no longer this node's. Whatever ends it, its
/// processes and its folder are gone before that is said.
pub(super) async fn run(services: Services, settings: EngineSettings, claim: Claim, cancels: Cancels, give_up: CancellationToken) {
    let mut cancel = cancels.listen(&claim);
    let folder = settings.scratch.join(format!("{}-{}", claim.build_id, claim.fencing_token));
    let own_user = settings.protection.users.as_ref().and_then(Users::take);
    let user = own_user.as_ref().map(|user| user.uid);
    let (log, outputs) = (services.build_log(&claim), TaskTracker::new());
    let (commands, threads, phase, over) = (Mutex::default(), TaskTracker::new(), Mutex::new(Phase::Setup), Arc::default());
    let attempt = Attempt { services, settings, claim, folder, user, commands, threads, log, outputs, phase, over };
    tracing::info!(build_id = attempt.claim.build_id, project_id = attempt.claim.project_id, attempt = attempt.claim.attempt, "a build starts");
    let mut ending = until_over(&attempt, &mut cancel, &give_up).await;
    let grace = match ending {
        Ending::TimedOut | Ending::Cancelled(_) => attempt.settings.cancel_grace,
        Ending::GivenUp => attempt.settings.cancel_grace.min(DRAIN_GRACE_MAX),
        Ending::Steps(_) | Ending::Lost => Duration::ZERO,
    };
    let log_max = match ending {
        Ending::Steps(Err(StepError::Lost)) | Ending::Lost => Duration::ZERO,
        // the log of the next worker begins where this one's ends
        Ending::GivenUp => LOG_MAX,
        Ending::Steps(_) | Ending::TimedOut | Ending::Cancelled(_) => Duration::MAX,
    };
    let (stopped_at_ms, lost) = {
        let mut stopping = pin!(async {
            attempt.stop(grace).await;
            let stopped_at_ms = attempt.services.now_ms();
            attempt.clear().await;
            attempt.close_log(log_max).await;
            stopped_at_ms
        });
        match renewing(&attempt, stopping.as_mut()).await {
            Ok(stopped_at_ms) => (stopped_at_ms, false),
            Err(Lost) => (stopping.await, true),
        }
    };
    if lost {
        ending = Ending::Lost;
    }
    // nothing of it is left; the turn that commits the end gives its place to a build that needs a user, too
    drop(own_user);
    let (build_id, done) = (&attempt.claim.build_id, settle(&attempt, ending, stopped_at_ms).await);
    match done {
        Ok(outcome) => {
            tracing::Span::current().record("outcome", outcome);
            tracing::info!(build_id, outcome, "a build ended here");
        }
        Err(Lost) => tracing::warn!(build_id, "the build went to another worker"),
    }
}

/// Runs the steps until they, or something else, end the attempt. They are over then, but what they started may run.
async fn until_over(attempt: &Attempt, cancel: &mut Listening, give_up: &CancellationToken) -> Ending {
    let steps = async {
        let (limit, work) = if attempt.claim.rollback {
            attempt.log.say(Phase::Rollback, &format!("ROLLBACK attempt={}", attempt.claim.attempt)).await;
            (attempt.settings.rollback_max, rollback::run(attempt).boxed())
        } else {
            attempt.log.say(Phase::Setup, &format!("BUILD_STARTED attempt={}", attempt.claim.attempt)).await;
            (attempt.settings.build_timeout, steps::run(attempt).boxed())
        };
        tokio::select! {
            result = timeout(limit, THREADS.scope(attempt.threads.clone(), work)) => match result {
                Err(_) | Ok(Err(StepError::TimedOut)) => Ending::TimedOut,
                Ok(result) => Ending::Steps(result),
            },
            at = cancel.requested() => Ending::Cancelled(at),
            () = give_up.cancelled() => Ending::GivenUp,
        }
    };
    renewing(attempt, steps).await.unwrap_or(Ending::Lost)
}

/// Does something while the lease is renewed; unless it is lost before.
pub(super) async fn renewing<T>(attempt: &Attempt, work: impl Future<Output = T>) -> Result<T, Lost> {
    let mut renewals = interval_at(Instant::now() + attempt.settings.renew, attempt.settings.renew);
    renewals.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut work = pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return Ok(done),
            _ = renewals.tick() => match timeout(RENEWAL_MAX, attempt.services.renew(&attempt.claim)).await {
                Ok(Ok(true)) => {}
                Ok(Ok(false)) => return Err(Lost),
                // the fencing token guards what is written; whether the lease holds is asked again
                Ok(Err(error)) => tracing::warn!(build_id = attempt.claim.build_id, %error, "a lease was not renewed"),
                Err(_) => tracing::warn!(build_id = attempt.claim.build_id, "a lease was not renewed in time"),
            },
        }
    }
}

async fn settle(attempt: &Attempt, ending: Ending, stopped_at_ms: i64) -> Result<&'static str, Lost> {
    let (services, claim) = (&attempt.services, &attempt.claim);
    let duration = services.seconds_since_start(claim);
    if claim.rollback {
        return rollback::settle(attempt, ending).await;
    }
    match ending {
        Ending::Steps(Ok(end)) => services.end(claim, end).await.map(|()| "deployed"),
        Ending::Steps(Err(StepError::Lost)) | Ending::Lost => Err(Lost),
        Ending::Steps(Err(StepError::Failed(failed))) => {
            let failed = BuildFailed { duration: Some(duration), phase: Some(failed.phase.unwrap_or_else(|| attempt.phase())), ..*failed };
            services.end(claim, End::Failed(failed.into())).await.map(|()| "failed")
        }
        Ending::Steps(Err(StepError::Told(failed, problem))) => {
            let failed = BuildFailed { duration: Some(duration), phase: Some(failed.phase.unwrap_or_else(|| attempt.phase())), ..*failed };
            services.end(claim, End::Told(failed.into(), *problem)).await.map(|()| "failed")
        }
        Ending::Cancelled(requested_at_ms) => {
            let stop_duration = Some(seconds_between(requested_at_ms, stopped_at_ms));
            let cancelled = BuildCancelled { duration: Some(duration), phase: Some(attempt.phase()), stop_duration };
            services.end(claim, End::Cancelled(cancelled.into())).await.map(|()| "cancelled")
        }
        // builds make none
        Ending::Steps(Err(StepError::RollbackFailed(_))) => Err(Lost),
        Ending::Steps(Err(StepError::TimedOut)) | Ending::TimedOut => {
            services.end(claim, End::Failed(BuildTimeout { duration, phase: Some(attempt.phase()) }.into())).await.map(|()| "timed out")
        }
        Ending::GivenUp => Ok(hand_back(attempt).await),
    }
}

/// Leaves the build to another worker.
pub(super) async fn hand_back(attempt: &Attempt) -> &'static str {
    if let Err(error) = attempt.services.hand_back(&attempt.claim).await {
        tracing::warn!(build_id = attempt.claim.build_id, %error, "a build was not handed back: its lease has to end");
    }
    "handed back"
}
