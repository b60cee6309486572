//! What the engine asks of the rest: jobs to claim, leases to renew, events to record, ends to commit.

use super::recorder::RecordError;
use super::{Fault, ServiceError, Services};
use crate::artifacts::ArtifactStore;
use crate::domain::build::{BuildState, BuildTransition};
use crate::domain::event::{BuildFailed, BuildStarted, EventDraft, EventPayload, StoredEvent};
use crate::domain::time::seconds_between;
use crate::store::events::{Append, Appended, Change, append};
use crate::store::jobs::{self, JobRow, Lease};
use crate::store::versions::NewVersion;
use crate::store::{StoreError, Transaction};
use std::time::Duration;

/// The longest wait between two tries while the database is away.
const RETRY_MAX: Duration = Duration::from_secs(2);

/// A build that this node holds, under a fencing token.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The build.
    pub build_id: String,
    /// Its project.
    pub project_id: String,
    /// The user whose build it is.
    pub user_id: String,
    /// The node that holds it.
    pub node_id: String,
    /// The token that every write shows.
    pub fencing_token: i64,
    /// Number of the attempt, from 1.
    pub attempt: u32,
    /// The object that holds its source.
    pub source_key: String,
    /// When a worker first took it, epoch milliseconds.
    pub started_at_ms: i64,
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
    /// There is no room for it, and the build's own files may be why: it has to make room before its end can be told.
    #[error("there is no room for the event")]
    Full,
}

/// How a build ends.
#[derive(Debug)]
pub enum End {
    /// With a version.
    Deployed(Box<NewVersion>, EventPayload),
    /// By failure or by time.
    Failed(EventPayload),
}

impl Claim {
    fn lease(&self) -> Lease<'_> {
        Lease { build_id: &self.build_id, node_id: &self.node_id, fencing_token: self.fencing_token }
    }

    fn append(&self, drafts: Vec<EventDraft>, change: Option<Change>) -> Append {
        Append {
            build_id: self.build_id.clone(),
            project_id: self.project_id.clone(),
            fencing_token: Some(self.fencing_token),
            drafts,
            change,
            claimed_as: None,
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

    /// Takes back at once what this node's former self held. To be called before the first claim.
    pub async fn take_back(&self, node_id: &str) -> Result<u64, ServiceError> {
        let mut tx = self.inner.db.begin().await?;
        let ended = jobs::end_leases_of(&mut tx, node_id).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Claims up to `limit` jobs, each with its BUILD_STARTED; those tried too often end instead.
    pub async fn claim(&self, node_id: &str, limit: usize) -> Result<Vec<Claim>, ServiceError> {
        let now_ms = self.now_ms();
        let mut tx = self.inner.db.begin().await?;
        let jobs = jobs::claimable(&mut tx, now_ms, i64::try_from(limit).unwrap_or(i64::MAX)).await?;
        if jobs.is_empty() {
            return Ok(vec![]);
        }
        let (mut claims, mut events) = (Vec::new(), Vec::new());
        // in one order on every node, as all appends are
        let mut jobs = jobs;
        jobs.sort_by(|a, b| (&a.project_id, &a.build_id).cmp(&(&b.project_id, &b.build_id)));
        for job in jobs {
            let (claim, written) = self.claim_one(&mut tx, node_id, job, now_ms).await?;
            claims.extend(claim);
            events.extend(written);
        }
        tx.commit().await?;
        self.inner.hub.publish(events);
        Ok(claims)
    }

    async fn claim_one(&self, tx: &mut Transaction, node_id: &str, job: JobRow, now_ms: i64) -> Result<(Option<Claim>, Vec<StoredEvent>), ServiceError> {
        let exhausted = job.attempts >= self.inner.settings.attempts;
        let attempt = u32::try_from(job.attempts + 1).unwrap_or(1);
        let first = job.current_state == BuildState::Queued.word();
        let claim = Claim {
            fencing_token: job.fencing_token + 1,
            attempt,
            node_id: node_id.into(),
            build_id: job.build_id,
            project_id: job.project_id,
            user_id: job.user_id,
            source_key: job.source_key,
            started_at_ms: job.started_at_ms.unwrap_or(now_ms),
        };
        jobs::lease(tx, claim.lease(), now_ms + self.inner.settings.lease_ms).await?;
        let item = if exhausted {
            let failed = BuildFailed { reason: Some("attempts_exhausted".into()), exit_code: None, duration: None, phase: None, recoverable: Some(true) };
            self.end_append(&claim, End::Failed(failed.into()))
        } else {
            let change = first.then_some(Change { transition: BuildTransition::Claim, version: None, error: None });
            claim.append(vec![self.draft(BuildStarted { is_retry: !first, attempt_number: attempt })], change)
        };
        let item = Append { claimed_as: Some(claim.fencing_token), fencing_token: None, ..item };
        match append(tx, &[item], false, now_ms).await?.pop() {
            Some(Appended::Written(events)) => Ok(((!exhausted).then_some(claim), events)),
            other => Err(Fault::Bug(format!("a claim of {} came out as {other:?}", claim.build_id)).into()),
        }
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
        self.write(claim.append(vec![self.draft(payload)], None), false).await
    }

    /// Ends a build: its state, its version, the preview pointer and its last event in one commit. It waits for room, too.
    pub async fn end(&self, claim: &Claim, end: End) -> Result<(), Lost> {
        self.write(self.end_append(claim, end), true).await.map_err(|_| Lost)
    }

    /// Seconds since a worker first took the build.
    pub fn seconds_since_start(&self, claim: &Claim) -> f64 {
        seconds_between(claim.started_at_ms, self.now_ms())
    }

    fn end_append(&self, claim: &Claim, end: End) -> Append {
        let (payload, change) = match end {
            End::Deployed(version, payload) => (payload, Change { transition: BuildTransition::Deploy, version: Some(*version), error: None }),
            End::Failed(payload) => {
                let error = serde_json::json!({ "code": payload.code(), "params": &payload });
                (payload, Change { transition: BuildTransition::Fail, version: None, error: Some(error.to_string()) })
            }
        };
        claim.append(vec![self.draft(payload)], Some(change))
    }

    async fn write(&self, append: Append, wait_for_room: bool) -> Result<(), NotRecorded> {
        let (mut wait, mut recheck) = (Duration::from_millis(50), false);
        loop {
            match self.inner.recorder.record(append.clone(), recheck).await {
                Ok(_) => return Ok(()),
                Err(RecordError::Fenced) => return Err(NotRecorded::Lost),
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
