//! What the engine asks of the rest: jobs to claim, leases to renew, events to record, ends to commit.

use super::metering::Meter;
use super::recorder::RecordError;
use super::{Fault, ServiceError, Services};
use crate::artifacts::ArtifactStore;
use crate::domain::build::BuildTransition;
use crate::domain::event::{BuildCancelled, EventDraft, EventPayload, Phase};
use crate::domain::problem::Problem;
use crate::domain::time::seconds_between;
use crate::store::StoreError;
use crate::store::events::{Append, Appended, Change, Generation};
use crate::store::jobs::{self, Lease};
use crate::store::versions::NewVersion;
use std::time::Duration;

/// The longest wait between two tries while the database is away.
pub(super) const RETRY_MAX: Duration = Duration::from_secs(2);

/// A build that this node holds, under a fencing token.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The build.
    pub build_id: String,
    /// Its project.
    pub project_id: String,
    /// The user whose build it is.
    pub user_id: String,
    /// The token that every write shows.
    pub fencing_token: i64,
    /// Number of the attempt, from 1.
    pub attempt: u32,
    /// Whether it is a rollback.
    pub rollback: bool,
    /// Whether it was tried too often, which only a rollback's worker hears: it undoes what was done, and ends it.
    pub exhausted: bool,
    /// The object that holds its source.
    pub source_key: String,
    /// When a worker first took it, epoch milliseconds.
    pub started_at_ms: i64,
    /// Seconds that the queue expected it to take.
    pub expected_seconds: Option<f64>,
    /// The id of the request that started it; builds from before that was kept have none.
    pub request_id: Option<String>,
    /// What it uses of a provider of code.
    pub meter: Meter,
}

/// The build is no longer this node's: stop, and say nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("another worker has the build")]
pub struct Lost;

/// Why an event of a build was not recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotRecorded {
    /// The build is no longer this node's.
    #[error("another worker has the build")]
    Lost,
    /// It would have deployed a build that was promised, at this time in epoch milliseconds, to be cancelled.
    #[error("the build is to be cancelled")]
    CancelRequested(i64),
    /// There is no room for it, and the build's own files may be why: it has to make room before its end can be told.
    #[error("there is no room for the event")]
    Full,
}

/// How a build ends.
#[derive(Debug)]
pub enum End {
    /// With a version.
    Deployed(Box<NewVersion>, EventPayload),
    /// With the files of an older version.
    RolledBack(EventPayload),
    /// By failure or by time.
    Failed(EventPayload),
    /// By failure, with an error of its own to show.
    Told(EventPayload, Problem),
    /// On request.
    Cancelled(EventPayload),
}

impl Claim {
    fn lease(&self) -> Lease<'_> {
        Lease { build_id: &self.build_id, fencing_token: self.fencing_token }
    }

    pub(super) fn append(&self, drafts: Vec<EventDraft>, change: Option<Change>) -> Append {
        Append {
            build_id: self.build_id.clone(),
            project_id: self.project_id.clone(),
            fencing_token: Some(self.fencing_token),
            drafts,
            change,
            claimed_as: None,
            generation: Generation { ai_seconds: self.meter.seconds(), source_key: None },
        }
    }
}

impl Services {
    /// Waits until a job may be claimed.
    pub async fn job(&self) {
        self.inner.hub.job().await;
    }

    /// The object store, for sources and artifacts.
    pub fn artifacts(&self) -> &ArtifactStore {
        &self.inner.artifacts
    }

    /// Renews a lease, while it is still this node's.
    pub async fn renew(&self, claim: &Claim) -> Result<bool, ServiceError> {
        let mut tx = self.inner.db.begin().await?;
        let held = jobs::renew(&mut tx, claim.lease(), self.now_ms() + self.inner.settings.lease_ms).await?;
        tx.commit().await?;
        Ok(held)
    }

    /// Hands a build back, for another worker to go on with it; the attempt does not count.
    pub async fn hand_back(&self, claim: &Claim) -> Result<(), ServiceError> {
        let mut tx = self.inner.db.begin().await?;
        jobs::hand_back(&mut tx, claim.lease()).await?;
        tx.commit().await?;
        self.inner.hub.publish_job();
        Ok(())
    }

    /// Records an event of a build. While the database is away it waits: the build's own time-out ends that.
    pub async fn record(&self, claim: &Claim, payload: impl Into<EventPayload>) -> Result<(), NotRecorded> {
        self.write(claim.append(vec![self.draft(payload)], None), false, false).await
    }

    /// Ends a build: its state, its version, the preview pointer and its last event in one commit. It waits for room, too.
    pub async fn end(&self, claim: &Claim, end: End) -> Result<(), Lost> {
        let mut append = self.end_append(claim, end);
        let mut ended = self.commit_end(&append).await;
        if let Err(NotRecorded::CancelRequested(at_ms)) = ended {
            // it had gone through its last step, and nothing of it runs any more
            let (duration, stop_duration) = (self.seconds_since_start(claim), seconds_between(at_ms, self.now_ms()));
            let cancelled = BuildCancelled { duration: Some(duration), phase: Some(Phase::Metadata), stop_duration: Some(stop_duration) };
            append = self.end_append(claim, End::Cancelled(cancelled.into()));
            ended = self.commit_end(&append).await;
        }
        let ended = ended.map_err(|_| Lost);
        if ended.is_ok() {
            let code = append.drafts.last().map_or("", |draft| draft.payload.code());
            let seconds = self.seconds_since_start(claim);
            if claim.rollback {
                self.inner.metrics.rollback_ended(code);
                return ended;
            }
            self.inner.metrics.build_ended(code, seconds);
            self.count_payment(&claim.build_id, code == "BUILD_COMPLETED").await;
            if let Some(expected) = claim.expected_seconds.filter(|_| code == "BUILD_COMPLETED") {
                self.inner.metrics.duration_estimated(expected, seconds);
            }
        }
        ended
    }

    async fn commit_end(&self, append: &Append) -> Result<(), NotRecorded> {
        match self.inner.ends.hand_in(append.clone()).await {
            Some(Appended::Written(_)) => Ok(()),
            Some(Appended::Fenced | Appended::Refused(_)) => Err(NotRecorded::Lost),
            Some(Appended::CancelRequested(at_ms)) => Err(NotRecorded::CancelRequested(at_ms)),
            // whether it was committed is unknown
            None => self.write(append.clone(), true, true).await,
        }
    }

    /// Seconds since a worker first took the build.
    pub fn seconds_since_start(&self, claim: &Claim) -> f64 {
        seconds_between(claim.started_at_ms, self.now_ms())
    }

    pub(super) fn end_append(&self, claim: &Claim, end: End) -> Append {
        let failed = |code: &str, params: serde_json::Value| {
            let error = serde_json::json!({ "code": code, "params": params }).to_string();
            Change { transition: BuildTransition::Fail, version: None, error: Some(error) }
        };
        let (payload, change) = match end {
            End::Deployed(version, payload) => (payload, Change { transition: BuildTransition::Deploy, version: Some(*version), error: None }),
            End::RolledBack(payload) => (payload, Change { transition: BuildTransition::Deploy, version: None, error: None }),
            End::Cancelled(payload) => (payload, Change { transition: BuildTransition::Cancel, version: None, error: None }),
            End::Failed(payload) => {
                let change = failed(payload.code(), serde_json::json!(&payload));
                (payload, change)
            }
            End::Told(payload, problem) => (payload, failed(problem.code(), problem.params())),
        };
        claim.append(vec![self.draft(payload)], Some(change))
    }

    pub(super) async fn write(&self, append: Append, wait_for_room: bool, mut recheck: bool) -> Result<(), NotRecorded> {
        let mut wait = Duration::from_millis(50);
        loop {
            match self.inner.recorder.record(append.clone(), recheck).await {
                Ok(_) => return Ok(()),
                Err(RecordError::Fenced) => return Err(NotRecorded::Lost),
                Err(RecordError::CancelRequested(at_ms)) => return Err(NotRecorded::CancelRequested(at_ms)),
                Err(RecordError::Fault(Fault::Store(StoreError::Full(_)))) if !wait_for_room => return Err(NotRecorded::Full),
                // a build that somebody else has ended is no longer ours either
                Err(RecordError::Refused(refused)) => {
                    tracing::info!(build_id = append.build_id, %refused, "an end came too late");
                    return Err(NotRecorded::Lost);
                }
                Err(RecordError::Fault(fault)) => {
                    tracing::warn!(build_id = append.build_id, error = %fault, "an event waits for the database");
                    (wait, recheck) = ((wait * 2).min(RETRY_MAX), true);
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }
}
