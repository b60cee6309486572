//! A build as callers see it.

use super::spans::concerns;
use super::{ServiceError, Services};
use crate::domain::build::BuildState;
use crate::domain::ids::{is_id, is_user_id};
use crate::domain::page::{PAGE_DEFAULT, PAGE_MAX, PageCursor};
use crate::domain::problem::Problem;
use crate::domain::time::iso;
use crate::store::builds::{self, BuildFilter, BuildRow};
use crate::store::queue;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::HashMap;
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
    /// What the caller sent along with the start: a JSON object, as it was written.
    #[schema(required, value_type = Option<Object>)]
    pub metadata: Option<Box<RawValue>>,
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

/// Builds that were started together, in the order of the request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BuildBatch {
    /// Each as its own start would answer.
    pub builds: Vec<BuildView>,
}

/// A page of builds, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BuildPage {
    /// The builds.
    pub builds: Vec<BuildView>,
    /// Where the next page begins; null when there is none.
    #[schema(required)]
    pub next_cursor: Option<String>,
}

/// Which builds a list has, as the caller says it.
#[derive(Debug, Clone, Default)]
pub struct BuildQuery {
    /// Those of this user.
    pub user_id: Option<String>,
    /// Those of this project.
    pub project_id: Option<String>,
    /// Those in this state.
    pub state: Option<String>,
    /// Builds of the page, 1 to 200; 50 unless said.
    pub limit: Option<i64>,
    /// Where the page begins: `nextCursor` of the page before.
    pub cursor: Option<String>,
}

impl Services {
    /// Builds, newest first, a page at a time.
    pub async fn builds(&self, query: &BuildQuery) -> Result<BuildPage, ServiceError> {
        let limit = query.limit.unwrap_or(PAGE_DEFAULT);
        if !(1..=PAGE_MAX).contains(&limit) {
            return Err(Problem::invalid("limit", "out_of_range").into());
        }
        let after = PageCursor::parse(query.cursor.as_deref().unwrap_or_default()).map_err(|_| Problem::invalid("cursor", "not_a_cursor"))?;
        // one more than the page has tells whether there is a next one
        let mut rows = builds::page(&self.inner.db, filter(query)?, after.as_ref(), limit + 1).await?;
        let more = rows.len() as i64 > limit;
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let last = rows.last().map(|row| PageCursor { created_at_ms: row.created_at_ms, id: row.id.clone() });
        let waiting: Vec<&str> = rows.iter().filter(|row| row.current_state == BuildState::Queued.word()).map(|row| row.id.as_str()).collect();
        let places = if waiting.is_empty() { HashMap::new() } else { queue::positions(&self.inner.db, waiting.into_iter()).await? };
        let views = rows.into_iter().map(|row| {
            let place = places.get(&row.id).copied();
            self.view(row, place)
        });
        Ok(BuildPage { builds: views.collect::<Result<_, _>>()?, next_cursor: last.filter(|_| more).map(|cursor| cursor.to_string()) })
    }

    /// A build; `user_id`, when given, must be its owner's.
    pub async fn build(&self, id: &str, user_id: Option<&str>) -> Result<BuildView, ServiceError> {
        let mut row = self.build_row(id).await?;
        if user_id.is_some_and(|user| user != row.user_id) {
            return Err(Problem::not_found("build").into());
        }
        let position = if row.state()? == BuildState::Queued { queue::position(&self.inner.db, id).await? } else { None };
        if let Some(position) = position {
            // the queue has moved since it was asked first
            row.estimated_start_ms = self.start_at(position).await?.max(row.delayed_until_ms);
        }
        self.view(row, position)
    }

    pub(super) async fn build_row(&self, id: &str) -> Result<BuildRow, ServiceError> {
        let row = if is_id(id) { builds::find(&self.inner.db, id).await? } else { None };
        let row = row.ok_or_else(|| Problem::not_found("build"))?;
        concerns(&row.project_id, None);
        Ok(row)
    }

    pub(super) fn view(&self, row: BuildRow, queue_position: Option<i64>) -> Result<BuildView, ServiceError> {
        let status = row.state()?;
        let error = row.error.as_deref().and_then(|json| serde_json::from_str(json).ok());
        Ok(BuildView {
            status,
            previous_status: row.previous_state.as_deref().and_then(BuildState::from_word),
            queue_position,
            estimated_completion_time: if status.is_active() { self.estimated_end_ms(&row).map(iso) } else { None },
            progress: row.progress,
            preview_url: (status == BuildState::Deployed).then(|| self.preview_url(&row.project_id)),
            version_id: row.version_id,
            error,
            metadata: row.metadata.and_then(|json| RawValue::from_string(json).ok()),
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

fn filter(query: &BuildQuery) -> Result<BuildFilter<'_>, Problem> {
    let (user_id, project_id) = (query.user_id.as_deref(), query.project_id.as_deref());
    if user_id.is_some_and(|id| !is_user_id(id)) {
        return Err(Problem::invalid("userId", "not_an_id"));
    }
    if project_id.is_some_and(|id| !is_id(id)) {
        return Err(Problem::invalid("projectId", "not_an_id"));
    }
    let state = match &query.state {
        Some(word) => Some(BuildState::from_word(word).ok_or_else(|| Problem::invalid("state", "not_a_state"))?),
        None => None,
    };
    Ok(BuildFilter { user_id, project_id, state })
}
