//! A node's turns at the queue: the builds that ended here are committed and others are claimed in one transaction.

use super::metering::Meter;
use super::work::{Claim, End};
use super::{Fault, ServiceError, Services};
use crate::domain::build::BuildTransition;
use crate::domain::event::{BuildCancelled, BuildFailed, BuildStarted};
use crate::domain::time::seconds_between;
use crate::store::events::{Append, Appended, Change, append};
use crate::store::jobs::{self, Lease};
use crate::store::nodes;
use crate::store::turns::{self, JobRow, Take};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use tokio::sync::{Notify, oneshot};

/// Ends that one turn commits at most.
const ENDS_MAX: usize = 256;
/// After so many leases more, a build of this very life is given up for lost: a disk that is busy can keep renewals waiting.
const OWN_LATE_LEASES: i64 = 3;
/// Delayed builds that come into the queue at once.
const PROMOTED_AT_ONCE: i64 = 500;

/// One life of a node: the node is the same after a restart, its incarnation is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeLife {
    /// The node.
    pub node_id: String,
    /// This life of it.
    pub incarnation: String,
}

/// Ends of builds that wait for their node's next turn.
#[derive(Debug, Default)]
pub(super) struct Ends {
    waiting: Mutex<Vec<Ended>>,
    came: Notify,
    /// Whether somebody takes turns.
    served: AtomicBool,
}

#[derive(Debug)]
struct Ended {
    append: Append,
    reply: oneshot::Sender<Result<Appended, Fault>>,
}

impl Ends {
    /// Waits for the next turn's commit; none where nobody takes turns, or where that commit failed and has to be tried alone.
    pub async fn hand_in(&self, append: Append) -> Option<Appended> {
        if !self.served.load(Ordering::Acquire) {
            return None;
        }
        let (reply, answer) = oneshot::channel();
        self.lock().push(Ended { append, reply });
        self.came.notify_one();
        answer.await.ok()?.ok()
    }

    fn take(&self) -> Vec<Ended> {
        let mut waiting = self.lock();
        let count = waiting.len().min(ENDS_MAX);
        waiting.drain(..count).collect()
    }

    fn count(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Ended>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Services {
    /// Somebody takes turns from now on, or no longer does.
    pub fn serve_ends(&self, served: bool) {
        self.inner.ends.served.store(served, Ordering::Release);
        if !served {
            // those who came meanwhile commit by themselves
            drop(self.inner.ends.take());
        }
    }

    /// Waits until a build has ended here; one that ended before the call counts.
    pub async fn ended(&self) {
        self.inner.ends.came.notified().await;
    }

    /// Ends of builds that wait for a turn.
    pub fn ends_waiting(&self) -> usize {
        self.inner.ends.count()
    }

    /// Commits what ended here, and claims builds for the free slots and those that the ends make free, each with its
    /// BUILD_STARTED; builds to be cancelled, and those tried too often, end instead. Without `free` none is claimed.
    pub async fn turn(&self, life: &NodeLife, free: Option<usize>) -> Result<Vec<Claim>, ServiceError> {
        let ends = self.inner.ends.take();
        let limit = free.map_or(0, |free| free + ends.len());
        if ends.is_empty() && limit == 0 {
            return Ok(vec![]);
        }
        let appends: Vec<Append> = ends.iter().map(|end| end.append.clone()).collect();
        match self.commit_turn(life, appends, limit).await {
            Ok((claims, outcomes)) => {
                for (end, outcome) in ends.into_iter().zip(outcomes) {
                    // who waited may be gone
                    let _ = end.reply.send(Ok(outcome));
                }
                Ok(claims)
            }
            // each of them tries alone, as long as it takes
            Err(error) => Err(error),
        }
    }

    async fn commit_turn(&self, life: &NodeLife, ends: Vec<Append>, limit: usize) -> Result<(Vec<Claim>, Vec<Appended>), ServiceError> {
        let settings = &self.inner.settings;
        let now_ms = self.now_ms();
        let mut tx = self.inner.db.begin().await?;
        let done: Vec<Lease<'_>> =
            ends.iter().filter_map(|end| end.fencing_token.map(|fencing_token| Lease { build_id: &end.build_id, fencing_token })).collect();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let take = Take {
            node_id: &life.node_id,
            incarnation: &life.incarnation,
            limit,
            per_user: settings.builds_per_user,
            now_ms,
            lease_until_ms: now_ms + settings.lease_ms,
            own_late_ms: now_ms - OWN_LATE_LEASES * settings.lease_ms,
            look: self.inner.looks.at(now_ms),
        };
        let jobs = turns::turn(&mut tx, &done, take).await?;
        self.inner.looks.ended_at(turns::place_after(&jobs, limit));
        if jobs.is_empty() && ends.is_empty() {
            return Ok((vec![], vec![]));
        }
        let ended = ends.len();
        let (mut items, mut claims) = (ends, Vec::new());
        for job in &jobs {
            let (claim, item) = self.claim_of(job, now_ms);
            claims.extend(claim);
            items.push(item);
        }
        let mut outcomes = append(&mut tx, &items, false, now_ms).await?;
        if let Some(odd) = outcomes[ended..].iter().find(|outcome| !matches!(outcome, Appended::Written(_))) {
            return Err(Fault::Bug(format!("a claim came out as {odd:?}")).into());
        }
        tx.commit().await?;
        let written = outcomes.iter().filter_map(|outcome| if let Appended::Written(events) = outcome { Some(events.as_slice()) } else { None });
        self.inner.hub.publish(written.flatten().cloned().collect());
        self.count_turn(&jobs, now_ms);
        // those that may not be tried again; whoever handed an end in counts it there
        for outcome in &outcomes[ended..] {
            if let Appended::Written(events) = outcome
                && let Some(last) = events.last().filter(|event| event.finished)
            {
                self.count_payment(&last.build_id, false).await;
            }
        }
        outcomes.truncate(ended);
        Ok((claims, outcomes))
    }

    /// What a job that was taken becomes: a claim with its BUILD_STARTED, or the end of one that may not be tried again.
    fn claim_of(&self, job: &JobRow, now_ms: i64) -> (Option<Claim>, Append) {
        let first = job.is_first();
        let attempt = u32::try_from(job.attempts).unwrap_or(1);
        let (exhausted, cancelled) = (job.attempts > self.inner.settings.attempts, job.cancel_requested_at_ms.is_some());
        let rollback = job.kind == "rollback";
        let claim = Claim {
            build_id: job.build_id.clone(),
            project_id: job.project_id.clone(),
            user_id: job.user_id.clone(),
            fencing_token: job.fencing_token,
            attempt,
            rollback,
            exhausted,
            source_key: job.source_key.clone(),
            started_at_ms: job.started_at_ms,
            expected_seconds: job.estimated_seconds,
            request_id: job.request_id.clone(),
            meter: Meter::default(),
        };
        let change = first.then_some(Change { transition: BuildTransition::Claim, version: None, error: None });
        let item = if rollback {
            // no event tells of the claim; and one that was tried too often may have left the directory changed: its worker sees to it
            claim.append(vec![], change)
        } else if cancelled {
            // who ran it is gone, and how long that took is not known
            let duration = (!first).then(|| seconds_between(claim.started_at_ms, now_ms));
            self.end_append(&claim, End::Cancelled(BuildCancelled { duration, phase: None, stop_duration: None }.into()))
        } else if exhausted {
            let failed = BuildFailed { reason: Some("attempts_exhausted".into()), exit_code: None, duration: None, phase: None, recoverable: Some(true) };
            self.end_append(&claim, End::Failed(failed.into()))
        } else {
            claim.append(vec![self.draft(BuildStarted { is_retry: !first, attempt_number: attempt })], change)
        };
        let item = Append { claimed_as: Some(claim.fencing_token), fencing_token: None, ..item };
        ((rollback || (!exhausted && !cancelled)).then_some(claim), item)
    }

    fn count_turn(&self, jobs: &[JobRow], now_ms: i64) {
        for job in jobs {
            if job.late {
                self.inner.metrics.lease_taken_over();
            } else if let Some(estimated) = job.estimated_start_ms.filter(|_| job.is_first()) {
                self.inner.metrics.start_estimated(seconds_between(estimated.min(now_ms), estimated.max(now_ms)));
            }
        }
    }

    /// Says that this node runs so many builds at once, and lets delayed builds whose time has come into the queue.
    pub async fn keep_queue(&self, life: &NodeLife, slots: usize) -> Result<(), ServiceError> {
        let now_ms = self.now_ms();
        let mut tx = self.inner.db.begin().await?;
        nodes::seen(&mut tx, &life.node_id, &life.incarnation, i32::try_from(slots).unwrap_or(i32::MAX), now_ms).await?;
        let promoted = jobs::promote(&mut tx, now_ms, PROMOTED_AT_ONCE).await?;
        tx.commit().await?;
        if promoted > 0 {
            self.inner.hub.publish_job();
        }
        Ok(())
    }

    /// Says that this node takes no more builds.
    pub async fn leave_queue(&self, life: &NodeLife) -> Result<(), ServiceError> {
        let mut tx = self.inner.db.begin().await?;
        nodes::gone(&mut tx, &life.node_id, &life.incarnation).await?;
        Ok(tx.commit().await?)
    }

    /// Takes back at once what this node's former lives held. To be called before the first turn.
    pub async fn take_back(&self, life: &NodeLife) -> Result<u64, ServiceError> {
        let mut tx = self.inner.db.begin().await?;
        let ended = jobs::end_leases_of(&mut tx, &life.node_id, &life.incarnation).await?;
        tx.commit().await?;
        Ok(ended)
    }
}
