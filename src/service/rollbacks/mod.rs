//! Rollbacks: what a request commits before it is answered. Its job, its version, the preview on it and the first events are
//! one transaction; the working directory follows, in the engine.

mod progress;
mod work;

pub(super) use progress::ProgressCache;
pub use progress::RollbackProgressView;
pub use work::{ArtifactRef, RollbackJob};

use super::access::START_TOKEN_SECONDS;
use super::idempotency::Once;
use super::spans::concerns;
use super::{Fault, ServiceError, Services};
use crate::domain::event::{EventPayload, RollbackPreviewUpdating, RollbackStarted, RollbackValidating, StoredEvent};
use crate::domain::ids::{is_id, is_user_id};
use crate::domain::problem::{FieldError, Problem, VersionNotEligible};
use crate::domain::version::Semver;
use crate::store::events::{Append, Appended, Generation, append};
use crate::store::rollbacks::{self, NewRollback};
use crate::store::versions::VersionRow;
use crate::store::{StoreError, Transaction, builds, jobs, projects, versions};
use serde::Serialize;
use utoipa::ToSchema;

/// What `created_by_service` says of rows made here.
const SERVICE: &str = "buildcast";
/// Times a request is tried when another transaction is in the way.
const TRIES: usize = 5;

/// A request to go back to a version.
#[derive(Debug, Clone)]
pub struct Rollback {
    /// The project's owner.
    pub user_id: String,
    /// The project.
    pub project_id: String,
    /// The version to go back to.
    pub target_version_id: String,
    /// Whether the working directory stays as it is: only the preview moves then.
    pub skip_working_directory: bool,
    /// The id of the request, for the log lines of its work.
    pub request_id: Option<String>,
}

/// A rollback under way.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RollbackView {
    /// The rollback's job: its events are at `/v1/builds/{jobId}/events`, as a build's are.
    pub job_id: String,
    /// The version that the rollback makes; it has the target's files and the next patch number.
    pub rollback_version_id: String,
    /// The version gone back to.
    pub target_version_id: String,
    /// Where the preview is; it shows the target's files already.
    pub preview_url: String,
    /// `rollingBack`.
    #[schema(example = "rollingBack")]
    pub status: &'static str,
    /// Where its events are.
    pub events_url: String,
    /// A token for its stream and its project's, good for an hour.
    pub stream_token: String,
}

impl Services {
    /// Goes back to a version. When it answers, the preview shows that version, and all that is left is the working
    /// directory.
    pub async fn roll_back(&self, rollback: &Rollback, once: &Once) -> Result<RollbackView, ServiceError> {
        check_fields(rollback)?;
        self.check_artifact(rollback).await?;
        let (job_id, version_id) = (self.new_id(), self.new_id());
        let mut tries = 0;
        let (view, events) = loop {
            tries += 1;
            match self.begin_rollback(rollback, &job_id, &version_id, once).await {
                Err(ServiceError::Fault(Fault::Store(StoreError::Contended(_)))) if tries < TRIES => {}
                other => break other?,
            }
        };
        self.inner.hub.publish(events);
        self.inner.hub.publish_job();
        concerns(&rollback.project_id, Some(&job_id));
        tracing::info!(build_id = job_id, project_id = rollback.project_id, version_id = rollback.target_version_id, "a rollback is queued");
        Ok(view)
    }

    fn rollback_view(&self, rollback: &Rollback, job_id: &str, version_id: &str) -> RollbackView {
        let token = self.sign_token(&rollback.user_id, vec![job_id.to_owned()], vec![rollback.project_id.clone()], START_TOKEN_SECONDS);
        RollbackView {
            events_url: format!("{}/v1/builds/{job_id}/events", self.inner.settings.public_url),
            preview_url: self.preview_url(&rollback.project_id),
            job_id: job_id.to_owned(),
            rollback_version_id: version_id.to_owned(),
            target_version_id: rollback.target_version_id.clone(),
            status: "rollingBack",
            stream_token: token.token,
        }
    }

    /// A version whose object was lost is marked so, before anything moves.
    async fn check_artifact(&self, rollback: &Rollback) -> Result<(), ServiceError> {
        let Some(version) = versions::find(&self.inner.db, &rollback.target_version_id).await? else { return Ok(()) };
        if version.artifact_gone.is_none() {
            self.artifact_there(&version).await?;
        }
        Ok(())
    }

    /// The answer, and the events that tell of it.
    async fn begin_rollback(&self, rollback: &Rollback, job_id: &str, version_id: &str, once: &Once) -> Result<(RollbackView, Vec<StoredEvent>), ServiceError> {
        let now_ms = self.now_ms();
        let mut tx = self.begin_once(once).await?;
        let project = projects::lock_all(&mut tx, &[&rollback.project_id]).await?.pop().filter(|project| project.user_id == rollback.user_id);
        let project = project.ok_or_else(|| Problem::not_found("project"))?;
        if let Some(active) = builds::active_of_project(&mut tx, &project.id).await? {
            return Err(self.occupied(&mut tx, active, None).await?.into());
        }
        let target = versions::find_within(&mut tx, &rollback.target_version_id).await?.filter(|version| version.project_id == project.id);
        let target = target.ok_or_else(|| Problem::not_found("version"))?;
        self.judged(target.facts(), now_ms);
        if let Some(fault) = target.facts().rollback_fault(self.inner.settings.retention, now_ms) {
            return Err(VersionNotEligible { reason: fault.word().into() }.into());
        }
        let number = Semver::after_rollback(versions::latest(&mut tx, &project.id).await?.unwrap_or_else(|| target.number()));
        let row = NewRollback {
            job_id,
            project_id: &project.id,
            user_id: &rollback.user_id,
            target_version_id: &target.id,
            version_id,
            skip_working_directory: rollback.skip_working_directory,
            id_source: &project.id_source,
            created_by_service: SERVICE,
            request_id: rollback.request_id.as_deref(),
        };
        rollbacks::insert(&mut tx, &row, number, now_ms).await?;
        jobs::enqueue(&mut tx, job_id, &rollback.user_id, 0, now_ms, now_ms).await?;
        let events = self.tell_beginning(&mut tx, &target, job_id, version_id).await?;
        let view = self.rollback_view(rollback, job_id, version_id);
        once.keep(&mut tx, 202, &view).await?;
        tx.commit().await?;
        Ok((view, events))
    }

    /// What has happened by the time that the transaction is committed.
    async fn tell_beginning(&self, tx: &mut Transaction, target: &VersionRow, job_id: &str, version_id: &str) -> Result<Vec<StoredEvent>, ServiceError> {
        let target_version_id = target.id.clone();
        let told: [EventPayload; 3] = [
            RollbackStarted { target_version_id: target_version_id.clone(), rollback_version_id: version_id.to_owned() }.into(),
            RollbackValidating { target_version_id }.into(),
            RollbackPreviewUpdating { url: self.preview_url(&target.project_id), preview_url_updated: true }.into(),
        ];
        let item = Append {
            build_id: job_id.to_owned(),
            project_id: target.project_id.clone(),
            fencing_token: None,
            drafts: told.into_iter().map(|payload| self.draft(payload)).collect(),
            change: None,
            claimed_as: None,
            generation: Generation::default(),
        };
        match append(tx, &[item], false, self.now_ms()).await?.pop() {
            Some(Appended::Written(events)) => Ok(events),
            other => Err(Fault::Bug(format!("a rollback's first events came out as {other:?}")).into()),
        }
    }
}

fn check_fields(rollback: &Rollback) -> Result<(), Problem> {
    let mut errors = Vec::new();
    if !is_user_id(&rollback.user_id) {
        errors.push(FieldError::new("userId", "1 to 128 visible characters"));
    }
    let ids = [("projectId", &rollback.project_id), ("targetVersionId", &rollback.target_version_id)];
    errors.extend(ids.into_iter().filter(|(_, id)| !is_id(id)).map(|(field, _)| FieldError::new(field, "1 to 64 of A-Z a-z 0-9 - _")));
    if errors.is_empty() { Ok(()) } else { Err(Problem::validation(errors)) }
}
