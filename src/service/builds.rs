//! A build as callers see it.

use super::{ServiceError, Services};
use crate::domain::build::BuildState;
use crate::domain::ids::is_id;
use crate::domain::problem::Problem;
use crate::domain::time::iso;
use crate::store::builds::{self, BuildRow};
use crate::store::jobs;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A build, as every start and `GET /builds/{id}` answers.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BuildView {
    /// The build.
    pub build_id: String,
    /// Its project.
    pub project_id: String,
    /// Where it is.
    pub status: BuildState,
    /// Where it was before.
    #[schema(required)]
    pub previous_status: Option<BuildState>,
    /// Place in the queue, from 1, while it waits.
    #[schema(required)]
    pub queue_position: Option<i64>,
    /// When it is expected to end, ISO 8601.
    #[schema(required)]
    pub estimated_completion_time: Option<String>,
    /// From 0 to 1.
    pub progress: f64,
    /// The phase of its last event.
    pub phase: String,
    /// Where the preview is, once deployed.
    #[schema(required)]
    pub preview_url: Option<String>,
    /// The version it made, once deployed.
    #[schema(required)]
    pub version_id: Option<String>,
    /// Why it failed.
    #[schema(required)]
    pub error: Option<BuildErrorView>,
    /// When it was asked for, ISO 8601.
    pub created_at: String,
    /// When a worker first took it, ISO 8601.
    #[schema(required)]
    pub started_at: Option<String>,
    /// When it ended, ISO 8601.
    #[schema(required)]
    pub finished_at: Option<String>,
    /// The service that made it.
    pub created_by_service: String,
    /// Who made the project's id: `server` or `client`.
    pub id_source: String,
    /// Where its events are.
    pub events_url: String,
    /// A token for its stream and its project's, good for an hour; on starts only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub stream_token: Option<String>,
}

/// Why a build failed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct BuildErrorView {
    /// BUILD_FAILED or BUILD_TIMEOUT; for a provider's trouble AI_LIMIT_REACHED, PROVIDER_UNAVAILABLE or NETWORK_TIMEOUT.
    pub code: String,
    /// What to tell a person, in the negotiated locale.
    #[serde(default)]
    pub message: String,
    /// The code's params: for BUILD_FAILED and BUILD_TIMEOUT those of the event that ended the build, without `timestamp`
    /// and `projectId`.
    #[schema(value_type = Object)]
    pub params: serde_json::Value,
}

impl Services {
    /// A build; `user_id`, when given, must be its owner's.
    pub async fn build(&self, id: &str, user_id: Option<&str>) -> Result<BuildView, ServiceError> {
        let row = self.build_row(id).await?;
        if user_id.is_some_and(|user| user != row.user_id) {
            return Err(Problem::not_found("build").into());
        }
        let position = if row.state()? == BuildState::Queued { jobs::position(&self.inner.db, id).await? } else { None };
        self.view(row, position)
    }

    pub(super) async fn build_row(&self, id: &str) -> Result<BuildRow, ServiceError> {
        let row = if is_id(id) { builds::find(&self.inner.db, id).await? } else { None };
        Ok(row.ok_or_else(|| Problem::not_found("build"))?)
    }

    pub(super) fn view(&self, row: BuildRow, queue_position: Option<i64>) -> Result<BuildView, ServiceError> {
        let status = row.state()?;
        let error = row.error.as_deref().and_then(|json| serde_json::from_str(json).ok());
        Ok(BuildView {
            status,
            previous_status: row.previous_state.as_deref().and_then(BuildState::from_word),
            queue_position,
            estimated_completion_time: None,
            progress: row.progress,
            preview_url: (status == BuildState::Deployed).then(|| self.preview_url(&row.project_id)),
            version_id: row.version_id,
            error,
            created_at: iso(row.created_at_ms),
            started_at: row.started_at_ms.map(iso),
            finished_at: row.finished_at_ms.map(iso),
            created_by_service: row.created_by_service,
            id_source: row.id_source,
            events_url: format!("{}/v1/builds/{}/events", self.inner.settings.public_url, row.id),
            phase: row.phase,
            project_id: row.project_id,
            build_id: row.id,
            stream_token: None,
        })
    }
}
